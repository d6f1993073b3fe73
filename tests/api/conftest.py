"""Imports stand inside: this file is read before Django is set up."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from accounts.models import User
    from tests.caller import Caller


@pytest.fixture
def admin(db: None) -> "User":
    from tests import factories

    return factories.admin()


@pytest.fixture
def api(admin: "User") -> "Caller":
    """Calls as an admin with every scope."""
    from tests import factories
    from tests.caller import Caller

    return Caller(factories.token(admin))
