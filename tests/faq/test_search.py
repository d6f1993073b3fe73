"""What a search finds: stems, synonyms, beginnings, wrong spelling; and never a draft."""

import uuid

import pytest
from django.test import Client

from faq import actions, search, spelling
from faq.actions import Text
from faq.models import SearchQuery
from tests import factories as make
from tests.faq import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    shop = makers.help_centre()
    makers.article(Text("Comment retourner un article ?", "Vous avez 30 jours après la livraison."))
    makers.article(Text("Où en est ma commande ?", "", "Le suivi du transporteur."), topic="shipping")
    makers.article(Text("Mon colis est abîmé", "Une photo suffit."))
    return shop


def titles(shop, text, **options):
    return [found.title for found in search.find(shop, "fr", text, **options).articles]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("retourner", "Comment retourner un article ?"),
        ("retour", "Comment retourner un article ?"),  # the beginning of a word
        ("RETOURNÉS", "Comment retourner un article ?"),  # another form of it
        ("retuor", "Comment retourner un article ?"),  # letters swapped
        ("renvoyer", "Comment retourner un article ?"),  # a synonym
        ("comande", "Où en est ma commande ?"),
        ("ou est ma commande ???", "Où en est ma commande ?"),
        ("abime", "Mon colis est abîmé"),
        ("paquet", "Mon colis est abîmé"),
        ("xylophone abîmé", "Mon colis est abîmé"),  # any of the words when none has all
    ],
)
def test_finds(shop, typed: str, first: str):
    assert titles(shop, typed)[:1] == [first]


@pytest.mark.parametrize(
    "typed", ["", "   ", "?!", "xylophone", "' OR 1=1", "le la les", ":* & ! ( )", "\\", "é" * 500]
)
def test_finds_nothing_and_breaks_nothing(shop, typed: str):
    assert titles(shop, typed) == []


def test_a_correction_says_so_and_can_be_refused(shop):
    corrected = search.find(shop, "fr", "retuor")
    assert (corrected.words, corrected.corrected) == ("retour", True)
    literal = search.find(shop, "fr", "retuor", exact=True)
    assert (literal.articles, literal.words, literal.corrected) == ([], "retuor", False)


def test_only_published_articles_of_this_shop_and_language(shop):
    makers.article("Retour secret", published=False)
    other = make.shop("other")
    actions.furnish(other)
    makers.article("Retour ailleurs", shop=other)
    hidden = makers.article("Retour retiré")
    actions.withdraw(hidden.translations.get())
    assert titles(shop, "retour") == ["Comment retourner un article ?"]
    assert search.find(shop, "en", "retourner").articles == []


def test_words_that_matched_are_marked_and_the_rest_is_escaped(shop):
    makers.article(Text("Retourner <script>alert(1)</script>", "<b>retour</b>"))
    found = next(one for one in search.find(shop, "fr", "retour").articles if "script" in one.title)
    assert str(found.marked) == "<mark>Retourner</mark> &lt;script&gt;alert(1)&lt;/script&gt;"
    assert str(found.excerpt) == "&lt;b&gt;<mark>retour</mark>&lt;/b&gt;"


def test_votes_decide_between_equals(shop):
    makers.article("Retour gratuit")
    liked = makers.article("Retour offert")
    for _reader in range(5):
        actions.vote(liked.translations.get(), visitor=uuid.uuid4(), helpful=True)
    assert titles(shop, "retour gratuit offert")[0] == "Retour offert"


def test_suggest_waits_for_two_letters(shop):
    assert search.suggest(shop, "fr", "r") == []
    assert [found.title for found in search.suggest(shop, "fr", "retourn", limit=1)] == [
        "Comment retourner un article ?"
    ]


@pytest.mark.parametrize(
    ("one", "other", "letters"),
    [
        ("retuor", "retour", 1),
        ("colis", "colis", 0),
        ("coli", "colis", 1),
        ("", "abc", 3),
        ("lampe", "rampe", 1),
        ("ab", "ba", 1),
    ],
)
def test_distance(one: str, other: str, letters: int):
    assert spelling.distance(one, other) == letters


def test_queries_do_not_grow(shop, django_assert_num_queries):
    """Synonyms and headings; while fewer articles than wanted are called so, the texts as well."""
    for rows, queries in ((1, 3), (3, 2), (30, 2)):
        for number in range(rows):
            makers.article(f"Retour {rows} {number}")
        with django_assert_num_queries(queries):
            search.suggest(shop, "fr", "retour")


# --- The pages -----------------------------------------------------------------------------------------------------


def test_the_page_offers_the_literal_search(shop, client: Client):
    page = client.get("/help/main/en/search/?q=x").content.decode()
    assert "Nothing found for “x”" in page
    page = client.get("/help/main/search/?q=retuor&lang=fr").content.decode()
    assert "q=retuor&amp;exact=1" in page
    assert "Comment <mark>retourner</mark> un article ?" in page


def test_suggestions_begin_with_what_can_be_done(shop, client: Client):
    page = client.get("/help/main/en/suggest/?q=return", headers={"HX-Request": "true"}).content.decode()
    assert "Start a return or an exchange" in page
    assert "/help/main/orders/" in page
    assert "<html" not in page


def test_a_search_without_result_is_noted_and_counted(shop, client: Client):
    for _time in range(3):
        client.get("/help/main/fr/search/?q=Xylophone")
    client.get("/help/main/fr/search/?q=retour")
    client.get("/help/main/fr/suggest/?q=xylo")
    assert list(SearchQuery.objects.order_by("text").values_list("text", "found", "times")) == [
        ("retour", 1, 1),
        ("xylophone", 0, 3),
    ]


def test_hostile_words_are_shown_as_text(shop, client: Client):
    page = client.get("/help/main/fr/search/", {"q": '"><script>alert(1)</script>\0'}).content.decode()
    assert "<script>alert" not in page
    assert client.get("/help/main/fr/suggest/", {"q": "a" * 5000}).status_code == 200
