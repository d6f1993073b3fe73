"""V62: values too large, too deep, or that no column can hold are refused by name, and quickly."""

import pytest
from django.http import HttpResponse

from tests import factories
from tests.caller import Caller
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
LONG = "x" * 10_000_000
OPENING = '{"customer": {"email": "j@example.org"}, "subject": %s, "text": "x"}'


@pytest.fixture
def api(db: None) -> Caller:
    factories.shop()
    return Caller(factories.token(factories.admin()))


def attrs(answer: HttpResponse) -> list[str | None]:
    return [error["attr"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    "subject",
    [
        f'"{LONG}"',
        '"a\\u0000b"',
        '"\\ud800"',
        "1e9999",
        "5",
        "null",
        "true",
        "[]",
        "{}",
        str(2**63),
        '"   "',
        '"%s"' % ("x" * 999),
    ],
)
def test_a_text(api: Caller, subject: str) -> None:
    answer = api.raw("POST", "/tickets/", (OPENING % subject).encode())
    assert (answer.status_code, attrs(answer)) == (400, ["subject"])
    assert Ticket.objects.count() == 0


def test_a_text_of_exactly_the_limit_is_taken(api: Caller) -> None:
    assert api.raw("POST", "/tickets/", (OPENING % f'"{"x" * 998}"').encode()).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nonsense", b'{"subject": NaN}', b'{"subject": Infinity}', b"[" * 100_000, b'{"a":' * 100_000,
        b"\xff\xfe{}", b'"text"', b"[]", b"7", b"null", b'{"subject": ' + b"9" * 5000 + b"}",
    ],
)  # fmt: skip
def test_a_body_that_is_no_object(api: Caller, body: bytes) -> None:
    answer = api.raw("POST", "/tickets/", body)
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"]
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize("number", ["0", str(2**63), str(2**31), "9" * 400, "9" * 5000, "-1", "1.5", "%00", "abc"])
def test_a_number_in_the_address(api: Caller, number: str) -> None:
    for path in (f"/tickets/{number}/", f"/tickets/{number}/messages/", f"/customers/{number}/", f"/orders/{number}/",
                 f"/users/{number}/", f"/channels/{number}/"):  # fmt: skip
        assert api.get(path).status_code == 404, path


@pytest.mark.parametrize("key", ["%00", "%ED%A0%80", "x" * 5000, "__", "key__in"])
def test_a_key_in_the_address(api: Caller, key: str) -> None:
    for path in (f"/shops/{key}/", f"/teams/{key}/", f"/calendars/{key}/", f"/reasons/{key}/"):
        assert api.get(path).status_code == 404, path


@pytest.mark.parametrize("value", [2**63, -1, 1.5, "1e9999", True, None, [], "\0", LONG])
def test_a_reference(api: Caller, value: object) -> None:
    ticket = factories.ticket()
    for path, field in ((f"/tickets/{ticket.pk}/merge/", "into"), (f"/tickets/{ticket.pk}/", "version")):
        answer = api.post(path, {field: value}) if field == "into" else api.patch(path, {field: value})
        assert answer.status_code in (400, 404), (path, answer.content)
        assert answer.status_code == 404 or attrs(answer) == [field]


def test_a_body_beyond_the_limit_is_413(api: Caller) -> None:
    answer = api.raw("POST", "/tickets/", b" " * (49 * 1024 * 1024))
    assert answer.status_code == 413


@pytest.mark.parametrize("charset", ["utf-16", "base64", "none", "\u00e9"])
def test_the_charset_is_not_the_callers_choice(api: Caller, charset: str) -> None:
    answer = api.raw("POST", "/tickets/", b'{"subject": 5}', f"application/json; charset={charset}")
    assert answer.status_code == 400
