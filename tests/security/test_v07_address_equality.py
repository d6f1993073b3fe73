"""V7: two addresses taken for one person (CVE-2019-19844 Django, CVE-2023-52268 FreeScout portal)."""

import pytest
from allauth.account.utils import filter_users_by_email
from django.conf import LazySettings
from django.contrib.auth import authenticate
from django.core import mail as outgoing
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory

from accounts.models import User
from customers.identify import identify
from helpdesk.lib.addresses import normalise_email
from tests import factories
from tests.caller import Caller
from tests.mailroom import mail, receive, taken_in_as

pytestmark = pytest.mark.django_db
# (one, another who is somebody else)
PAIRS = [
    ("mike@example.org", "m\u0131ke@example.org"),  # dotless i
    ("mike@example.org", "m\u0130ke@example.org"),  # I with a dot
    ("mike@example.org", "m\u0456ke@example.org"),  # Cyrillic i
    ("mike@example.org", "mi\u212ae@example.org"),  # Kelvin sign
    ("sophie@example.org", "\u017fophie@example.org"),  # long s
    ("sophie@example.org", "\uff53ophie@example.org"),  # full-width s
    ("sophie@example.org", "\uff33ophie@example.org"),
    ("sophie@example.org", "\u24e2ophie@example.org"),  # circled s
    ("sophie@example.org", "\U0001d42cophie@example.org"),  # mathematical bold s
    ("sophie@example.org", "\u0455ophie@example.org"),  # Cyrillic dze
    ("sophie@example.org", "s\u043ephie@example.org"),  # Cyrillic o
    ("sophie@example.org", "s\u03bfphie@example.org"),  # Greek omicron
    ("sophie@example.org", "so\u0440hie@example.org"),  # Cyrillic er
    ("sophie@example.org", "sophi\u0435@example.org"),  # Cyrillic ie
    ("sophie@example.org", "sophi\u00e9@example.org"),
    ("sophie@example.org", "sophie\u0301@example.org"),  # a combining accent
    ("soph\u00ebe@example.org", "sophe\u0308e@example.org"),
    ("sophie@example.org", "sophie\u200b@example.org"),  # zero width space
    ("sophie@example.org", "so\u00adphie@example.org"),  # soft hyphen
    ("sophie@example.org", "sophie\u200d@example.org"),
    ("sophie@example.org", "\u202esophie@example.org"),
    ("sophie@example.org", "sophie\ufe0f@example.org"),
    ("office@example.org", "o\ufb03ce@example.org"),  # ligature ffi
    ("strasse@example.org", "stra\u00dfe@example.org"),
    ("strasse@example.org", "stra\u1e9ee@example.org"),
    ("m1ke@example.org", "m\u00b9ke@example.org"),  # superscript one
    ("m1ke@example.org", "m\u0661ke@example.org"),  # Arabic one
    ("sophie@example.org", "sophie+shop@example.org"),
    ("sophie@example.org", "sophie+@example.org"),
    ("sophie@example.org", "sophie-shop@example.org"),
    ("sophie@example.org", "sophie=shop@example.org"),
    ("sophie.martin@example.org", "sophiemartin@example.org"),
    ("sophie.martin@example.org", "so.phie.martin@example.org"),
    ("sophie_martin@example.org", "sophie.martin@example.org"),
    ("sophie@gmail.com", "sophie@googlemail.com"),
    ("sophie@outlook.com", "sophie@hotmail.com"),
    ("sophie@example.org", '"sophie"@example.org'),
    ("sophie@example.org", '"sophie "@example.org'),
    ("sophie@example.org", '"so\\phie"@example.org'),
    ("sophie@example.org", '"sophie@example.org"@evil.example'),
    ("sophie@example.org", "sophie%example.org@evil.example"),
    ("sophie@example.org", "sophie!example.org@evil.example"),
    ("sophie@example.org", "sophie@example.org@evil.example"),
    ("sophie@example.org", "sophie@example.org.evil.example"),
    ("sophie@example.org", "sophie@sub.example.org"),
    ("sophie@example.org", "sophie@example.org."),
    ("sophie@example.org", "sophie@example-org"),
    ("sophie@example.org", "sophie@examp1e.org"),
    ("sophie@example.org", "sophie@ex\u0430mple.org"),  # Cyrillic a in the domain
    ("sophie@example.org", "sophie@exampl\u0451.org"),
    ("sophie@github.com", "sophie@g\u0131thub.com"),
    ("sophie@github.com", "sophie@g\u0456thub.com"),
    ("sophie@fass.example", "sophie@fa\u00df\u00e9.example"),
    ("sophie@example.org", "sophie(x)@example.org"),
    ("sophie@example.org", "sophie\t@example.org"),
    ("sophie@example.org", "sophie @example.org"),
    ("sophie@example.org", "sophie,@example.org"),
    ("sophie@example.org", "sophie;a@example.org"),
    ("sophie@example.org", "sophie\\@example.org"),
    ("sophie@example.org", "sophie'@example.org"),
    ("sophie@example.org", "sophie@[127.0.0.1]"),
    ("sophie@example.org", "sophi_@example.org"),  # LIKE's one letter
    ("sophie@example.org", "sophi%@example.org"),  # LIKE's any letters
    ("sophie@example.org", "%@example.org"),
]
SAME = [
    ("sophie@example.org", "Sophie@Example.ORG"),
    ("sophie@example.org", " sophie@example.org "),
    ("sophie@b\u00fccher.example", "sophie@xn--bcher-kva.example"),
    ("sophie@b\u00fccher.example", "sophie@B\u00dcCHER.example"),
]


def test_no_pair_is_one_customer() -> None:
    assert len(PAIRS) >= 60
    for one, other in PAIRS:
        mine, theirs = normalise_email(one), normalise_email(other)
        assert mine != theirs, other
        if theirs:
            assert identify("email", mine) != identify("email", theirs), other


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_mailbox_are_one_customer(one: str, other: str) -> None:
    assert identify("email", normalise_email(one)) == identify("email", normalise_email(other))


@pytest.mark.parametrize(("one", "other"), PAIRS[:8] + PAIRS[27:30] + PAIRS[48:50])
def test_no_pair_is_one_customer_by_mail(one: str, other: str) -> None:
    first = taken_in_as(receive(mail("Bonjour.", sender=one)))
    second = taken_in_as(receive(mail("Bonsoir.", sender=other)))
    assert first.customer != second.customer
    assert first.ticket != second.ticket


def test_no_pair_is_one_login(settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.AXES_ENABLED = False
    request = RequestFactory().post("/accounts/login/")
    for one, other in PAIRS:
        with transaction.atomic():
            user = User(email=one.lower(), first_name="Sophie", last_name="Martin")
            user.set_password(factories.PASSWORD)
            user.save()
            assert authenticate(request, email=one, password=factories.PASSWORD) == user
            if other.lower() != one.lower():  # Unicode's lower case of the Kelvin sign is k: the password still decides
                assert authenticate(request, email=other, password=factories.PASSWORD) is None, other
                assert filter_users_by_email(other, is_active=True) == [], other
            transaction.set_rollback(True)


def test_a_reset_letter_goes_to_the_stored_address_only(settings: LazySettings) -> None:
    """Django's own hole was to send the letter to the address that was typed."""
    factories.user("mike@example.org")
    settings.ACCOUNT_RATE_LIMITS = {}
    for _one, other in [*PAIRS[:5], ("", "MIKE@Example.org")]:
        Client().post("/accounts/password/reset/", {"email": other})
    with_key = [letter.to for letter in outgoing.outbox if "/reset/key/" in letter.body]
    assert with_key in ([["mike@example.org"]], [["mike@example.org"]] * 2)


def test_one_address_is_one_login_whatever_its_case() -> None:
    factories.user("mike@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="MIKE@example.org", first_name="M", last_name="K")
    admin = Caller(factories.token(factories.admin()))
    taken = {"email": "Mike@EXAMPLE.org", "first_name": "M", "last_name": "K", "role": "agent"}
    assert admin.post("/users/", taken).status_code in (400, 409)


def test_a_customer_with_a_colleagues_address_gains_nothing() -> None:
    colleague = factories.user("ines@maison-lune.example", role="admin")
    message = taken_in_as(receive(mail(sender=colleague.email)))
    assert message.user is None
    assert message.customer is not None
    assert not hasattr(message.customer, "password")
