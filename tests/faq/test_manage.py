"""/settings/articles/: what leads do, and the same number of queries for any length of list."""

import pytest
from django.test import Client

from accounts.models import Role
from faq import actions
from faq.actions import Text
from faq.models import Article, ArticleTranslation, Banner, Category, HelpCentre, Synonyms
from tests import factories as make
from tests.faq import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(client: Client) -> Client:
    client.force_login(make.user(role=Role.LEAD, language="en"))
    return client


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make.admin(language="en"))
    return client


def test_agents_may_not_write(client: Client):
    client.force_login(make.user(role=Role.AGENT))
    assert client.get("/settings/articles/").status_code == 403


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_the_list_takes_the_same_queries(lead: Client, django_assert_num_queries, rows: int):
    for number in range(rows):
        makers.article(f"Question {number}")
    lead.get("/settings/articles/")
    with django_assert_num_queries(8):  # session, user, counts of the views; count, rows, shops without themes
        page = lead.get("/settings/articles/")
    assert page.content.decode().count('class="is-subject"') == rows


def test_an_article_from_nothing_to_the_readers(lead: Client):
    makers.help_centre()
    made = lead.post("/settings/articles/new/", {"shop": "main", "title": "Laver le lin", "body": "À **40**."})
    article = Article.objects.get()
    assert made.headers["Location"] == f"/settings/articles/{article.pk}/fr/"
    theme = Category.objects.get(slug="returns")
    filed = {"category": theme.pk, "review_at": "2027-01-31", "skus": "LIN-1, LIN-2", "related": "", "language": "fr"}
    lead.post(f"/settings/articles/{article.pk}/file/", filed)
    words = {"title": "Laver le lin", "body": "À **30**.", "note": "moins chaud", "then": "publish"}
    lead.post(f"/settings/articles/{article.pk}/fr/", words)
    article.refresh_from_db()
    translation = article.translations.get()
    assert (translation.html.strip(), translation.live_version, article.skus) == (
        "<p>À <strong>30</strong>.</p>", 2, ["LIN-1", "LIN-2"],
    )  # fmt: skip
    assert "Laver le lin" in Client().get("/help/main/fr/topics/returns/").content.decode()


@pytest.mark.parametrize(
    ("words", "says"),
    [({"title": "", "body": "kept"}, "This field is required."), ({"title": "x" * 161, "body": "kept"}, "at most 160")],
)
def test_an_error_names_its_field_and_keeps_what_was_typed(lead: Client, words, says: str):
    article = makers.article()
    page = lead.post(f"/settings/articles/{article.pk}/fr/", words)
    assert (page.status_code, says in page.content.decode(), "kept" in page.content.decode()) == (422, True, True)
    assert article.translations.get().newest_version == 1


@pytest.mark.parametrize("related", ["99", "x", "1;2", "9" * 30])
def test_see_also_takes_numbers_of_articles(lead: Client, related: str):
    article = makers.article()
    page = lead.post(f"/settings/articles/{article.pk}/file/", {"category": article.category_id, "related": related})
    assert (page.status_code, article.related.count()) == (422, 0)


def test_publishing_without_a_theme_says_why(lead: Client):
    article = actions.create_article(makers.help_centre(), Text("Un"), by=None)
    page = lead.post(f"/settings/articles/{article.pk}/fr/publish/", follow=True)
    assert "Choose a theme before publishing." in page.content.decode()
    assert not ArticleTranslation.objects.get().is_published


def test_a_translation_stands_beside_its_original(lead: Client):
    article = makers.article(Text("Un", "Court", "Le corps original"))
    page = lead.get(f"/settings/articles/{article.pk}/en/").content.decode()
    assert "Le corps original" in page
    assert lead.get(f"/settings/articles/{article.pk}/de/").status_code == 404


def test_the_preview_is_clean_and_keeps_nothing(lead: Client):
    makers.help_centre()
    typed = {"shop": "main", "title": "<b>", "body": "## Un\n\n<script>alert(1)</script>"}
    page = lead.post("/settings/articles/preview/", typed, headers={"HX-Request": "true"}).content.decode()
    assert '<h2 id="un">Un</h2>' in page
    assert "<script>" not in page
    assert "&lt;b&gt;" in page
    assert Article.objects.count() == 0


def test_versions_show_what_changed_and_come_back(lead: Client):
    article = makers.article(Text("Un", "", "premier"))
    actions.save_draft(article, "fr", Text("Un", "", "second"), by=None)
    page = lead.get(f"/settings/articles/{article.pk}/fr/versions/").content.decode()
    assert "<del>premier</del><ins>second</ins>" in page
    lead.post(f"/settings/articles/{article.pk}/fr/restore/", {"number": "1"})
    assert article.translations.get().versions.first().body == "premier"
    for wrong, status in (("9", 404), ("x", 422), ("", 422)):
        assert lead.post(f"/settings/articles/{article.pk}/fr/restore/", {"number": wrong}).status_code == status


def test_banners_synonyms_and_themes_of_new_shops(lead: Client):
    make.shop()
    lead.post("/settings/articles/furnish/")
    assert Category.objects.count() == 5
    lead.post("/settings/articles/banners/", {"title_fr": "Grève"})
    assert "Grève" in Client().get("/help/main/fr/").content.decode()
    lead.post(f"/settings/articles/banners/{Banner.objects.get().pk}/withdraw/")
    assert "Grève" not in Client().get("/help/main/fr/").content.decode()
    said = {"shop": "main", "language": "fr", "synonyms": "drap, linge\nseul"}
    assert lead.post("/settings/articles/synonyms/", said).status_code == 422
    lead.post("/settings/articles/synonyms/", said | {"synonyms": "drap, linge"})
    assert [row.words for row in Synonyms.objects.filter(language="fr")] == [["drap", "linge"]]


def test_the_look_is_for_admins(lead: Client):
    makers.help_centre()
    assert lead.post("/settings/articles/theme/", {"shop": "main", "accent": "#7a1f3d"}).status_code == 403
    assert HelpCentre.objects.count() == 0


def test_a_colour_too_pale_is_refused_beside_its_field(admin: Client):
    makers.help_centre()
    page = admin.post("/settings/articles/theme/", {"shop": "main", "accent": "#ffe08a"})
    assert (page.status_code, "Too pale" in page.content.decode()) == (422, True)
    assert admin.post("/settings/articles/theme/", {"shop": "main", "accent": "#7a1f3d"}).status_code == 302
    assert HelpCentre.objects.get().accent == "#7a1f3d"


def test_feedback_and_searches_are_listed(lead: Client):
    article = makers.article()
    visitor = "6f1e4d1c-5d39-4a9f-9f31-6c8a0a3f3a11"
    actions.vote(article.translations.get(), visitor=visitor, helpful=False, reason="unclear", comment="Étape 2")
    actions.note_search(article.shop, "fr", "xylophone", found=0)
    actions.note_search(article.shop, "fr", "retour", found=1)
    assert "Étape 2" in lead.get("/settings/articles/feedback/").content.decode()
    searches = lead.get("/settings/articles/searches/").content.decode()
    assert ("xylophone" in searches, "retour" in searches) == (True, False)
