"""A crawler over every public page of the demo shop: nothing is broken, and each says who we are and when we are there
(S124, S125, S155). What search engines are told of is exactly what can be reached.
"""

from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html as lxml_html

from faq import demo
from tests import factories as make

pytestmark = pytest.mark.django_db
HOST = "http://testserver"
IDENTITY = {
    "phone": "+33 1 99 00 47 12",
    "email": "support@maison-lune.example",
    "legal_name": "Maison Lune SAS",
    "registered_office": "18 rue des Trois-Lampes, 75011 Paris",
    "registration_number": "RCS Paris 901 234 567",
    "vat_number": "FR 45 901234567",
}
HOURS = "09:00"


@dataclass(frozen=True)
class Seen:
    status: int
    canonical: str
    indexed: bool
    footer: str
    links: tuple[str, ...]


def read(url: str) -> Seen:
    answer = Client(headers={"Accept-Language": "en", "Accept": "text/html"}).get(url.removeprefix(HOST), follow=True)
    page = lxml_html.fromstring(answer.content, base_url=url)
    hidden = "noindex" in answer.headers.get("X-Robots-Tag", "") + "".join(
        page.xpath("//meta[@name='robots']/@content")
    )
    path = answer.redirect_chain[-1][0] if answer.redirect_chain else url
    named = page.xpath("//link[@rel='canonical']/@href")
    return Seen(
        status=answer.status_code,
        canonical=named[0] if named else urljoin(HOST, urlsplit(path).path),
        indexed=not hidden,
        footer=" ".join(" ".join(page.xpath("//footer//text()")).split()),
        links=tuple(urldefrag(urljoin(url, link)).url for link in page.xpath("//a/@href")),
    )


@pytest.fixture(scope="module")
def crawled(django_db_setup: None, django_db_blocker) -> dict[str, Seen]:
    """Every page that links lead to from the two homes; forms are not sent."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        shop = make.shop(website="https://www.maison-lune.example", **IDENTITY)
        make.calendar(shop)
        demo.fill(shop, by=make.user(), now=timezone.now())
        found: dict[str, Seen] = {}
        queue = [f"{HOST}/help/main/fr/", f"{HOST}/help/main/en/"]
        while queue:
            url = queue.pop()
            if url not in found:
                found[url] = read(url)
                queue += [link for link in found[url].links if link.startswith(f"{HOST}/help/")]
        found["sitemap"] = Seen(200, "", False, "", tuple(_sitemap()))
        yield found
        transaction.set_rollback(True)


def _sitemap() -> list[str]:
    tree = lxml_html.fromstring(Client().get("/help/main/sitemap.xml").content)
    return [node.text for node in tree.iter("loc")]


def pages(crawled: dict[str, Seen]) -> dict[str, Seen]:
    return {url: seen for url, seen in crawled.items() if url != "sitemap"}


def test_the_crawl_reaches_both_languages_the_form_and_the_orders(crawled) -> None:
    paths = {urlsplit(url).path for url in pages(crawled)}
    assert {f"/help/main/{rest}" for rest in ("fr/", "en/", "contact/", "orders/", "orders/code/")} <= paths
    assert len(paths) > 40


def test_no_link_is_broken(crawled) -> None:
    assert {url: seen.status for url, seen in pages(crawled).items() if seen.status != 200} == {}


def test_every_link_within_the_house_stays_among_public_pages(crawled) -> None:
    inside = {link for seen in pages(crawled).values() for link in seen.links if link.startswith(HOST)}
    assert {link for link in inside if not link.startswith(f"{HOST}/help/main/")} == set()


@pytest.mark.parametrize("path", ["/demo-shop/", "/help/main/fr/articles/999999-gone/", "/help/main/nothing/here/"])
def test_what_no_link_leads_to_says_so_too(crawled, path: str) -> None:
    seen = read(f"{HOST}{path}")
    assert [part for part in (*IDENTITY.values(), HOURS) if part not in seen.footer] == []


@pytest.mark.parametrize("part", [*IDENTITY.values(), HOURS])
def test_every_page_says_who_we_are_and_when_we_are_there(crawled, part: str) -> None:
    assert [url for url, seen in pages(crawled).items() if part not in seen.footer] == []


def test_the_sitemap_is_what_can_be_reached_and_may_be_found(crawled) -> None:
    reachable = {seen.canonical for seen in pages(crawled).values() if seen.indexed}
    assert set(crawled["sitemap"].links) == reachable
    assert len(crawled["sitemap"].links) == len(reachable)


def test_what_belongs_to_one_shopper_or_to_a_search_is_not_indexed(crawled) -> None:
    assert [url for url in crawled["sitemap"].links if "/search/" in url or "/orders/code/" in url] == []
