"""The nightly check of links (S38): what leads nowhere is listed, what is there or only shy is not."""

from http.server import BaseHTTPRequestHandler

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client

from faq import links
from faq.actions import Text
from faq.models import LinkFault
from tests import factories as make
from tests.fakes import Listener, listening
from tests.faq import makers

pytestmark = pytest.mark.django_db


class Shop(BaseHTTPRequestHandler):
    """Another site: a page that is gone, one that wants a login, one that leads to our help and one that does not."""

    def do_GET(self) -> None:
        status, body = {
            "/gone": (404, b""),
            "/login": (403, b""),
            "/good": (200, b'<a href="/help/main/">Help</a>'),
        }.get(self.path, (200, b"Lamps"))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


def at(site: Listener) -> str:
    return f"http://127.0.0.1:{site.server_port}"


def faults() -> list[tuple[str, str]]:
    links.check()
    return list(LinkFault.objects.exclude(kind="no_reach").values_list("address", "kind"))


def written(*addresses: str) -> None:
    body = "## Parts\n\n" + " ".join(f"[here]({address})" for address in addresses)
    makers.article(Text("Liens", "", body))


def test_links_to_our_own_pages_are_followed() -> None:
    there, draft = makers.article("Retour"), makers.article("Brouillon", published=False)
    good = ("#parts", "/help/main/fr/topics/returns/", f"/help/main/fr/articles/{there.pk}/", "/help/main/contact/")
    bad = ("#nowhere", "/help/main/fr/topics/moon/", f"/help/main/fr/articles/{draft.pk}/", "/help/main/nothing/here/")
    written(*good, *bad)
    assert faults() == list(zip(bad, ("part", "gone", "gone", "gone"), strict=True))
    assert faults() == list(zip(bad, ("part", "gone", "gone", "gone"), strict=True))  # written anew, not twice


def test_of_other_sites_only_what_is_surely_gone_counts(settings) -> None:
    settings.ALLOW_PRIVATE_HOSTS = True
    with listening(Shop, 200) as site:
        written(f"{at(site)}/gone", f"{at(site)}/login", f"{at(site)}/good")
        assert faults() == [(f"{at(site)}/gone", "refused")]
    settings.ALLOW_PRIVATE_HOSTS = False  # our own network is nobody's business
    LinkFault.objects.all().delete()
    assert {kind for _address, kind in faults()} == {"silent"}


@pytest.mark.parametrize(("path", "kinds"), [("/good", []), ("/lamps", ["no_way"]), ("/gone", ["refused"])])
def test_the_shops_own_page_leads_to_the_help(settings, path: str, kinds: list[str]) -> None:
    settings.ALLOW_PRIVATE_HOSTS = True
    with listening(Shop, 200) as site:
        make.shop(website=f"{at(site)}{path}")
        assert [kind for _address, kind in faults()] == kinds


def test_the_list_names_the_article_and_leads_to_it(client: Client) -> None:
    written("/help/main/nothing/here/")
    links.check()
    client.force_login(make.admin())
    page = client.get("/settings/articles/links/").content.decode()
    assert ("/help/main/nothing/here/" in page, "Liens</a>" in page) == (True, True)


# --- Letters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("phone", "email", "kinds"), [("", "", ["no_reach"]), ("+33 1", "help@main.example", [])])
def test_a_shop_that_does_not_say_how_to_reach_it_is_listed(phone: str, email: str, kinds: list[str]) -> None:
    make.shop(phone=phone, email=email)
    links.check()
    assert list(LinkFault.objects.values_list("kind", flat=True)) == kinds


def test_every_letter_to_customers_ends_with_who_we_are_and_where_the_answers_are() -> None:
    ours = {"digest", "report", "invitation"}  # to colleagues
    letters = [one for one in (settings.BASE_DIR / "templates/emails").glob("*.*") if one.stem not in ours]
    parts = {"identity.txt", "frame.html", "rate.txt", "rate.html"}
    ends = {".txt": '{% include "emails/identity.txt" %}', ".html": '{% extends "emails/frame.html" %}'}
    assert [one.name for one in letters if one.name not in parts and ends[one.suffix] not in one.read_text()] == []
    shop = make.shop(phone="+33 1 84 80 00 00", website="https://main.example", legal_name="Lune SAS")
    for part in ("emails/identity.txt", "emails/frame.html"):
        said = render_to_string(part, {"shop": shop})
        assert [one in said for one in (f"{settings.PUBLIC_URL}/help/main/", shop.phone, "Lune SAS")] == [True] * 3
