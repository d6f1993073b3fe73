"""V27: a page opened from ours turns ours into its own, or learns our address (CVE-2020-14194 Zulip).

The headers of every route are held to it in tests/access/test_matrix.py.
"""

import pytest
from django.core import mail as outgoing
from django.test import Client
from lxml import html

from tests import factories
from tests.mailroom import mail, receive, taken_in_as
from tests.security.vectors import VECTORS

pytestmark = pytest.mark.django_db
LINKS = [
    '<a href="https://x.example/">x</a>',
    '<a href="https://x.example/" target="_blank">x</a>',
    '<a href="https://x.example/" target="_top" rel="opener">x</a>',
    '<a href="https://x.example/" rel="">x</a>',
    '<a href="https://x.example/" REL=opener TARGET=x>x</a>',
    '<a href="http://x.example/" referrerpolicy="unsafe-url">x</a>',
    '<area href="https://x.example/" target=_blank>',
    '<form action="https://x.example/" target=_blank><button>x</button></form>',
    '<base href="https://x.example/" target="_top"><a href="/x">x</a>',
    '<meta name=referrer content=unsafe-url><a href="https://x.example/">x</a>',
]


@pytest.fixture
def agent() -> Client:
    client = Client()
    client.force_login(factories.user())
    return client


def test_links_of_a_mail_open_without_an_opener(agent: Client) -> None:
    raw = mail().replace(b"Content-Type: text/plain", b"Content-Type: text/html")
    body = "".join([*LINKS, *VECTORS]).encode()
    head = raw.partition(b"\r\n\r\n")[0].replace(b"Content-Transfer-Encoding: quoted-printable", b"X-Encoding: 8")
    message = taken_in_as(receive(head + b"\r\n\r\n" + body))
    page = html.document_fromstring(agent.get(f"/tickets/{message.ticket_id}/messages/{message.pk}/original/").content)
    links = page.xpath("//body//a[@href]")
    assert len(links) >= 6
    for link in links:
        assert {"noopener", "noreferrer"} <= set(link.get("rel", "").split())
        assert link.get("target") is None
    assert page.xpath("//body//*[@referrerpolicy or self::base or self::form or self::area or self::meta]") == []
    assert [base.attrib for base in page.xpath("//base")] == [{"target": "_blank"}]


def test_links_that_open_a_window_say_noopener(agent: Client) -> None:
    ticket = factories.ticket(text="https://x.example/ www.x.example a@x.example")
    factories.order(ticket.customer, tracking={"url": "https://track.example/", "number": "6A1", "carrier": "x"})
    for address in ("/", f"/tickets/{ticket.pk}/", "/outbox/", "/styleguide/"):
        page = html.document_fromstring(agent.get(address).content)
        for link in page.xpath("//a[@target and @target != '_self']"):
            assert {"noopener", "noreferrer"} <= set(link.get("rel", "").split()), html.tostring(link)
    page = html.document_fromstring(agent.get(f"/tickets/{ticket.pk}/").content)
    assert len(page.xpath("//a[@target='_blank']")) == 1


def test_the_secret_of_a_reset_link_is_in_no_page_and_no_referrer() -> None:
    factories.user("sophie@example.com", password=factories.PASSWORD)
    visitor = Client(REMOTE_ADDR="10.27.0.1")
    visitor.post("/accounts/password/reset/", {"email": "sophie@example.com"})
    (letter,) = outgoing.outbox
    link = next(word for word in letter.body.split() if "/reset/key/" in word)
    path = link.removeprefix("http://testserver")
    secret = path.strip("/").rpartition("/")[2].partition("-")[2]
    first = visitor.get(path)
    assert first.status_code == 302
    assert secret not in first["Location"]
    page = visitor.get(first["Location"])
    assert page.status_code == 200
    assert secret not in page.content.decode()
    assert page["Referrer-Policy"] == first["Referrer-Policy"] == "same-origin"
