"""A shop that asks and a colleague who helps. Django is not ready when pytest reads this: imports stand inside."""

import pytest


@pytest.fixture
def shop(db):
    from tests import factories

    return factories.shop()


@pytest.fixture
def agent(db):
    from tests import factories

    return factories.user(first_name="Michèle", last_name="Durand")


@pytest.fixture
def csat(shop):
    from surveys.models import Kind
    from tests.surveys.scenes import policy

    return policy(Kind.CSAT)


@pytest.fixture
def ces(shop):
    from surveys.models import Kind, When
    from tests.surveys.scenes import policy

    return policy(Kind.CES, when=When.WITH_CSAT)
