"""V30: an address of ours that leads to a stranger (CVE-2022-25803 RT, CVE-2024-11955 GLPI); a browser judges."""

from urllib.parse import quote

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests import factories

EVIL = "evil.example"
STARTS = [
    "//", "///", "////", "/\\", "\\\\", "\\/", "/\\/", "\\\\\\", "//\\", "/\\\\", "https://", "http://", "HTTPS://",
    "https:", "http:", "https:/", "http:/", "http:///", "https:\\\\", "https:/\\", "http:\\/", "ftp://", "ws://",
    "//www.", " //", "\t//", "\n//", "\r//", "\x0b//", "\x0c//", "\x00//", "\x01//", "\x1f//", "\xa0//", "\u2028//",
    "\u3000//", "/\t/", "/\n/", "/\r/", "/\r\n/", "\t/\t/", "/%09/", "/%0a/", "/%5c", "/%2f", "%2f%2f", "%5c%5c",
    "/.//", "/..//", "/./\\/", "//testserver@", "//testserver:80@", "http://testserver@", "http://testserver:pw@",
    "http://testserver%40", "http://testserver\\@", "http://testserver%00@", "http://testserver#@",
    "http://testserver?@", "http://testserver;@", "http://testserver.", "http://testserver-", "http://testserver&@",
    "//testserver%2f@", "http:testserver@", "////testserver@", "//\u3002", "//\uff0f", "/\uff0f", "\uff0f\uff0f",
    "//[::1]@", "//%E3%80%82", "//1@", "///\\", "/\u200b/", "\ufeff//", "///\t/",
]  # fmt: skip
PAYLOADS = [
    *(f"{start}{EVIL}" for start in STARTS),
    "javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)",
    "javascript://testserver/%0aalert(1)", "data:text/html,x", "vbscript:x", "blob:http://testserver/x",
    "file:///etc/passwd", "mailto:x@evil.example", "tel:1", "view-source:http://testserver/", "about:blank",
    "//0x7f000001", "//2130706433/", "//[::ffff:1.2.3.4]/", "http://[evil", "//", "///",
    "/x\r\nLocation: https://evil.example/", "/x%0d%0aSet-Cookie:a=b", "/x\nSet-Cookie: a=b",
    "https://evil.example#testserver", "https://evil.example?testserver", "https://evil.example/testserver",
    "https://testserver.evil.example/", "x" * 70_000,
]  # fmt: skip
# What a browser cannot read leads nowhere.
ELSEWHERE = """([locations, base]) => locations.filter(location => {
    try { return new URL(location, base).origin !== new URL(base).origin; } catch { return false; }
})"""


@pytest.fixture
def agent() -> Client:
    client = Client(raise_request_exception=False, REMOTE_ADDR="10.30.1.1")
    client.force_login(factories.user("sophie@example.com", password=factories.PASSWORD))
    return client


def elsewhere(page: Page, locations: list[str], base: str) -> list[str]:
    """Which of these Location headers lead a browser away from `base`."""
    found: list[str] = page.evaluate(ELSEWHERE, [locations, f"http://testserver{base}"])
    return found


@pytest.mark.browser
@pytest.mark.timeout(90)
@pytest.mark.django_db
def test_no_payload_leads_away(page: Page, agent: Client) -> None:
    assert len(PAYLOADS) >= 60
    assert len(elsewhere(page, PAYLOADS, "/me/")) >= 40, "the judge is blind"
    asked = {
        "/me/": lambda words: agent.post("/me/", {"back": words}),
        "/accounts/login/": lambda words: agent.get("/accounts/login/", {"next": words}),
        "/accounts/2fa/": lambda words: agent.get("/accounts/2fa/", {"next": words}),
        "/accounts/reauthenticate/": lambda words: agent.post(
            "/accounts/reauthenticate/", {"next": words, "password": "wrong"}
        ),
        "/accounts/password/reset/": lambda words: Client().get("/accounts/password/reset/", {"next": words}),
        "/tickets/1/": lambda words: Client().get("/tickets/1/", {"next": words}),
    }
    for base, ask in asked.items():
        answers = [ask(words) for words in PAYLOADS]
        assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
        locations = [answer["Location"] for answer in answers if "Location" in answer]
        assert elsewhere(page, locations, base) == [], base
        assert [answer.cookies["a"] for answer in answers if "a" in answer.cookies] == []
    assert agent.post("/me/", {"back": "/?view=mine"})["Location"] == "/?view=mine"


@pytest.mark.browser
@pytest.mark.timeout(90)
@pytest.mark.django_db
def test_logging_in_and_out_stays_here(page: Page, agent: Client, settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    user = factories.user("thomas@example.com", password=factories.PASSWORD)
    locations = []
    for number, words in enumerate(PAYLOADS[::5]):
        visitor = Client(REMOTE_ADDR=f"10.30.0.{number}")  # each from elsewhere: logging in is rationed
        form = {"login": user.email, "password": factories.PASSWORD, "next": words}
        answer = visitor.post("/accounts/login/", form)
        assert answer.status_code == 302, words
        locations += [answer["Location"], visitor.post("/accounts/logout/", {"next": words})["Location"]]
    assert elsewhere(page, locations, "/accounts/login/") == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["//evil.example", "//evil.example/", "///evil.example", "/\\evil.example", "//evil.example/%2f.."]
)
def test_an_odd_path_is_not_taken_for_a_host(agent: Client, path: str) -> None:
    for client in (agent, Client()):
        answer = client.get("/", PATH_INFO=path)
        assert answer.status_code in (301, 302, 404)
        location = answer.headers.get("Location", "/")
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))


@pytest.mark.django_db
def test_the_way_back_after_login_is_only_a_path() -> None:
    for words in PAYLOADS[:-1]:
        answer = Client().get(f"/tickets/1/?next={quote(words)}")
        assert answer["Location"].startswith("/accounts/login/?next=/tickets/1/%3Fnext%3D")
