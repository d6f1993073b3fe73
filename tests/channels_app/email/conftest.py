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


@pytest.fixture(scope="session")
def imap() -> Iterator[Any]:
    from tests import mailroom

    with mailroom.imap_server() as server:
        yield server


@pytest.fixture
def mailbox(imap: Any) -> Any:
    """The empty mailbox of a real IMAP server (tests.mailroom.ImapServer)."""
    with imap.session() as client:
        client.delete_messages(client.search(["ALL"]))
        client.expunge()
    return imap
