"""V46, V47: API tokens are random, stored as a digest, shown once; an empty one opens nothing."""

import pytest

from accounts.models import ApiToken
from tests import factories
from tests.caller import Caller

pytestmark = pytest.mark.django_db


def test_tokens_are_random_and_never_stored() -> None:
    user = factories.user()
    secrets = {factories.token(user) for _ in range(200)}
    assert len(secrets) == 200
    assert {len(secret) for secret in secrets} == {len("cmt_") + 43}  # 256 bits
    stored = str(list(ApiToken.objects.values()))
    assert not [secret for secret in secrets if secret in stored or secret.removeprefix("cmt_") in stored]


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer cmt_", "Bearer None", "Bearer null", "Token x", "", "Bearer a b"]
)
def test_an_empty_token_opens_nothing(header: str) -> None:
    ApiToken.objects.create(user=factories.admin(), name="broken", digest="", scopes=["read"])
    assert Caller(Authorization=header).get("/tickets/").status_code == 401


def test_the_digest_is_no_token() -> None:
    secret = factories.token(factories.admin())
    assert Caller(ApiToken.digest_of(secret)).get("/tickets/").status_code == 401
