from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings


@pytest.fixture
def catcher(settings: LazySettings) -> Iterator[Any]:
    """A catching SMTP server that EMAIL_URL points at (tests.mailroom.Catcher)."""
    from tests import mailroom  # models cannot be imported while pytest collects its plugins

    with mailroom.catcher(settings) as server:
        yield server
