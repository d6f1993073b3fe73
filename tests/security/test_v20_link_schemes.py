"""V20: a link whose scheme runs or reads (django-helpdesk c54b89f1, CVE-2020-10935 Zulip): only four survive."""

import re

import pytest
from django.test import Client
from lxml import html

from channels_app.foreign.html import clean_html
from tests import factories
from tests.caller import Caller
from tests.mailroom import Catcher, work
from tickets import actions
from tickets.actors import Actor
from tickets.richtext import clean_reply

GOOD = {"http", "https", "mailto", "tel"}
NAMES = [
    *("javascript", "vbscript", "livescript", "mocha", "data", "blob", "file", "filesystem", "view-source", "about"),
    *("chrome", "chrome-extension", "moz-extension", "resource", "jar", "wyciwyg", "feed", "intent", "android-app"),
    *("ms-word", "ms-excel", "ms-msdt", "search-ms", "steam", "ftp", "ftps", "sftp", "smb", "ldap", "gopher", "dict"),
    *("telnet", "ssh", "news", "nntp", "irc", "skype", "sms", "sip", "facetime", "whatsapp", "tg", "slack", "zoommtg"),
    *("ws", "wss", "cid", "mid", "magnet", "urn", "x", "itms-services", "market", "callto", "geo", "bitcoin", "jnlp"),
]
DISGUISES = [
    "JavaScript:alert(1)",
    " javascript:alert(1)",
    "\tjavascript:alert(1)",
    "\x01javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java\rscript:alert(1)",
    "javascript\t:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6a;avascript:alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "javascript://x.example/%0aalert(1)",
    "javascript:https://x.example/",
    "data:text/html;base64,PHNjcmlwdD4=",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "//evil.example/x",
    "/tickets/1/solve/",
    "?to=solved",
    "#customer",
    "\\\\evil.example\\x",
    "http\u200b://x",
    "http://[x",
]
HOSTILE = [*(f"{name}:alert(1)" for name in NAMES), *(f"{name}://evil.example/x" for name in NAMES), *DISGUISES]


def hrefs(page: str) -> list[str]:
    return [str(link) for link in html.fromstring(f"<div>{page}</div>").xpath("//@href|//@src|//@action|//@cite")]


def scheme(href: str) -> str:
    """As a browser reads it: white space and control characters do not count."""
    found = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", href).lower())
    return found[1] if found else ""


def test_no_hostile_scheme_survives_cleaning() -> None:
    for link in HOSTILE:
        for clean in (lambda text: clean_html(text, {}), clean_reply):
            for quoted in (f'<a href="{link}">x</a>', f"<a href='{link}'>x</a>", f'<img src="{link}"><p>x'):
                good = GOOD | {"", "cid"} if clean is clean_reply and "<img" in quoted else GOOD  # pictures of its own
                for href in hrefs(clean(quoted)):
                    assert scheme(href) in good or (scheme(href) == "" and clean is clean_reply), (link, href)


@pytest.mark.parametrize("link", ["http://x.example/a", "https://x.example/?a=1", "mailto:a@x.example", "tel:+33123"])
def test_the_four_schemes_do(link: str) -> None:
    assert hrefs(clean_html(f'<a href="{link}">x</a>', {})) == [link]
    assert hrefs(clean_reply(f'<a href="{link}">x</a>')) == [link]


@pytest.mark.django_db
def test_the_conversation_links_nowhere_else() -> None:
    """Words of a mail, a carrier's tracking link, the customer's own names."""
    agent, ticket = factories.user(), factories.ticket(text="\n".join(HOSTILE))
    for link in [*DISGUISES[:10], *(f"{name}:alert(1)" for name in NAMES), DISGUISES[-1]]:
        factories.order(ticket.customer, tracking={"url": link, "number": "6A1", "carrier": "x"})
    client = Client()
    client.force_login(agent)
    page = client.get(f"/tickets/{ticket.pk}/").content.decode()
    for href in hrefs(page):
        assert scheme(href) in GOOD or (href.startswith(("/", "?", "#")) and not href.startswith("//")), href


@pytest.mark.django_db
def test_an_answer_leaves_with_good_links_only(catcher: Catcher) -> None:
    ticket = factories.ticket()
    links = "".join(f'<a href="{link}">x</a>' for link in HOSTILE if not link.startswith(("/", "?", "#", "\\")))
    actions.reply(ticket, by=Actor.agent(factories.user()), html=f"<p>Voici les liens {links}</p>")
    work()
    (caught,) = [one for one in catcher.caught if "Voici les liens" in one.text]
    body = caught.message.get_body(("html",))
    assert body is not None
    for href in hrefs(body.get_content()):
        assert scheme(href) in GOOD | {""}, href


@pytest.mark.django_db
@pytest.mark.parametrize("link", [link for link in HOSTILE if scheme(link) not in ("ftp", "ftps")])
def test_a_shops_website_is_a_web_address(link: str) -> None:
    factories.shop()
    answer = Caller(factories.token(factories.admin())).patch("/shops/main/", {"website": link})
    assert answer.status_code == 400
