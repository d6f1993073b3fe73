"""What shoppers read: languages, addresses, metadata, caching, and the same number of queries for any length."""

import json
import re

import pytest
import time_machine
from django.test import Client

from faq import actions
from faq.actions import Text
from faq.models import ArticleTranslation
from tests import factories as make
from tests.faq import makers

pytestmark = pytest.mark.django_db
ENGLISH = Text("How do I return an item?", "You have 30 days.", "## Steps\n\nOpen your order.")


def path(article, language="fr"):
    translation = article.translations.get(language=language)
    return f"/help/main/{language}/articles/{article.pk}-{translation.slug}/"


def test_the_home_page_speaks_the_visitors_language(client: Client):
    makers.help_centre()
    spoken = {
        "": client.get("/help/main/"),
        "en-GB,en;q=0.9": client.get("/help/main/", headers={"Accept-Language": "en-GB,en;q=0.9"}),
        "de,fr;q=0.5": client.get("/help/main/", headers={"Accept-Language": "de,fr;q=0.5"}),
        "?lang=en": client.get("/help/main/?lang=en", headers={"Accept-Language": "fr"}),
    }
    assert {asked: page.headers["Content-Language"] for asked, page in spoken.items()} == {
        "": "fr", "en-GB,en;q=0.9": "en", "de,fr;q=0.5": "fr", "?lang=en": "en",
    }  # fmt: skip
    assert 'lang="en"' in spoken["?lang=en"].content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/help/nobody/",
        "/help/main/de/",
        "/help/main/fr/articles/99/",
        "/help/main/fr/topics/none/",
        "/help/main/products/none/",
        "/help/main/fr/articles/99999999999999999999/",
        "/help/main/logo/",
    ],
)
def test_what_is_not_there_is_404(client: Client, address: str):
    makers.help_centre()
    assert client.get(address).status_code == 404


def test_only_published_articles_are_seen(client: Client):
    article = makers.article(published=False)
    assert client.get(path(article)).status_code == 404
    actions.publish(article.translations.get())
    assert client.get(path(article)).status_code == 200
    actions.withdraw(article.translations.get())
    assert client.get(path(article)).status_code == 404


def test_an_old_address_leads_to_the_article(client: Client):
    article = makers.article()
    for old in (f"/help/main/fr/articles/{article.pk}/", f"/help/main/fr/articles/{article.pk}-an-old-name/"):
        answer = client.get(old)
        assert (answer.status_code, answer.headers["Location"]) == (301, path(article))


def test_an_article_names_its_languages_and_describes_itself(client: Client):
    article = makers.article()
    makers.translate(article, "en", ENGLISH)
    page = client.get(path(article)).content.decode()
    assert f'<link rel="canonical" href="http://testserver{path(article)}">' in page
    assert f'<link rel="alternate" hreflang="en" href="http://testserver{path(article, "en")}">' in page
    assert '<meta name="description" content="Vous avez 30 jours.">' in page
    data = [json.loads(block) for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)]
    assert [(one["@type"], one.get("headline")) for one in data] == [
        ("Article", "Comment retourner un article ?"),
        ("BreadcrumbList", None),
    ]


def test_answers_stand_by_usefulness(client: Client):
    first, second = makers.article("Première"), makers.article("Seconde")
    actions.solved(second, visitor="6f1e4d1c-5d39-4a9f-9f31-6c8a0a3f3a11")
    page = client.get("/help/main/fr/topics/returns/").content.decode()
    assert page.index("Seconde") < page.index("Première")
    assert first.solved == 0


def test_a_stranger_may_share_a_copy_and_a_colleague_sees_a_link_to_edit(client: Client):
    article = makers.article()
    stranger = client.get(path(article))
    assert stranger.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=600"
    assert stranger.cookies == {}
    client.force_login(make.user(role="lead"))
    lead = client.get(path(article))
    assert lead.headers["Cache-Control"] == "private, no-cache"
    edit = f"/settings/articles/{article.pk}/fr/"
    assert [edit in page.content.decode() for page in (stranger, lead)] == [False, True]


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_query_counts_do_not_grow(client: Client, django_assert_num_queries, rows: int):
    make.calendar(makers.help_centre())
    articles = [makers.article(f"Question {n}", skus=["K2"]) for n in range(rows)]
    client.get("/help/main/fr/")
    for address, queries in (
        ("/help/main/fr/", 5),
        ("/help/main/fr/topics/returns/", 5),
        (path(articles[0]), 7),
        ("/help/main/fr/products/K2/", 4),
        ("/help/main/sitemap.xml", 3),
        ("/help/main/fr/feed.xml", 2),
    ):
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200


@pytest.mark.parametrize(("weekly", "when_closed", "offered"), [
    ({}, "form", ("Leave a message",)), ({}, "hide", ()),
    ({"mon": [["00:00", "24:00"]]}, "form", ("Open the chat", "Chat")),
])  # fmt: skip
@time_machine.travel("2026-11-23T10:00:00Z", tick=False)
def test_the_chat_is_one_of_the_ways_to_reach_a_person(
    client: Client, weekly: dict, when_closed: str, offered: tuple[str, ...]
):
    make.calendar(makers.help_centre(), weekly=weekly)
    make.channel("chat", kind="chat", address="", config={"when_closed": when_closed})
    page = client.get("/help/main/en/").content.decode()
    assert tuple(re.findall(r'href="/chat/main/\?lang=en"[^>]*>([^<]+)</a>', page)) == offered


def test_a_product_has_its_page_and_its_code(client: Client):
    makers.article("Laver le lin", skus=["LIN-1"])
    page = client.get("/help/main/products/LIN-1/")
    assert "Laver le lin" in page.content.decode()
    code = client.get("/help/main/products/LIN-1/qr.svg")
    assert (code.headers["Content-Type"], code.headers["Content-Security-Policy"]) == (
        "image/svg+xml",
        "default-src 'none'; sandbox",
    )
    assert client.get("/help/main/products/LIN-2/qr.svg").status_code == 404


def test_sitemap_and_feed_list_what_is_published(client: Client):
    article = makers.article()
    makers.article("Brouillon", published=False)
    url = f"http://testserver{path(article)}"
    assert url in client.get("/help/main/sitemap.xml").content.decode()
    feed = client.get("/help/main/fr/feed.xml").content.decode()
    assert (feed.count("<entry>"), url in feed) == (1, True)
    assert ArticleTranslation.objects.count() == 2


def test_pages_travel_compressed_and_name_their_languages_in_full(client: Client):
    makers.help_centre()
    answer = client.get("/help/main/fr/", headers={"accept-encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    page = client.get("/help/main/fr/").content.decode()
    assert '<link rel="alternate" hreflang="x-default" href="http://testserver/help/main/">' in page
