"""V48: a wrong token tells nothing: unknown, revoked, expired and a leaver's look the same."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ApiToken, User
from tests import factories
from tests.caller import Caller

pytestmark = pytest.mark.django_db


def test_every_wrong_token_gets_the_same_answer() -> None:
    secrets = {name: factories.token(factories.user(f"{name}@example.com")) for name in ("revoked", "expired", "gone")}
    ApiToken.objects.filter(user__email="revoked@example.com").update(revoked_at=timezone.now())
    ApiToken.objects.filter(user__email="expired@example.com").update(expires_at=timezone.now() - timedelta(seconds=1))
    User.objects.filter(email="gone@example.com").update(is_active=False)
    answers = [Caller(secret).get("/tickets/") for secret in ("cmt_unknown", *secrets.values())]
    assert {(answer.status_code, answer.content) for answer in answers} == {(401, answers[0].content)}
