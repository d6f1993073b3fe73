"""/api/v1/articles/: read by all who work here, written by leads; every change of words is a version."""

import pytest

from accounts.models import Role
from faq.models import Article
from tests import factories as make
from tests.caller import Caller, problems
from tests.faq import makers

pytestmark = pytest.mark.django_db
WORDS = {"language": "fr", "title": "Laver le lin", "summary": "À 40 degrés.", "body": "**Doux**", "published": True}


@pytest.fixture
def api() -> Caller:
    makers.help_centre()
    return Caller(make.token(make.user(role=Role.LEAD)))


def test_create_read_change_delete(api: Caller):
    made = api.post("/articles/", {"shop": "main", "category": "returns", "skus": ["K2"], "translations": [WORDS]})
    body = made.json()
    assert made.status_code == 201
    article = Article.objects.get()
    assert body["translations"][0] | {"published_at": None, "updated_at": None} == {
        "language": "fr",
        "title": "Laver le lin",
        "slug": "laver-le-lin",
        "summary": "À 40 degrés.",
        "body": "**Doux**",
        "state": "published",
        "version": 1,
        "live_version": 1,
        "is_outdated": False,
        "published_at": None,
        "updated_at": None,
        "url": f"http://testserver/help/main/fr/articles/{article.pk}-laver-le-lin/",
    }
    assert (body["shop"], body["category"], body["skus"], body["related"]) == ("main", "returns", ["K2"], [])
    english = {"language": "en", "title": "Washing linen"}
    changed = api.patch(f"/articles/{article.pk}/", {"translations": [english], "review_at": "2027-01-31"}).json()
    assert [(one["language"], one["state"], one["url"]) for one in changed["translations"]] == [
        ("en", "draft", None),
        ("fr", "published", body["translations"][0]["url"]),
    ]
    assert (changed["review_at"], changed["category"], changed["skus"]) == ("2027-01-31", "returns", ["K2"])
    hidden = api.patch(f"/articles/{article.pk}/", {"translations": [WORDS | {"published": False}]}).json()
    assert hidden["translations"][1]["state"] == "draft"
    assert api.delete(f"/articles/{article.pk}/").status_code == 204
    assert Article.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"shop": "main"}, ("required", "translations")),
        ({"shop": "main", "translations": []}, ("min_length", "translations")),
        ({"shop": "main", "translations": [WORDS]}, ("invalid", "category")),
        ({"shop": "main", "category": "none", "translations": [WORDS]}, ("invalid", "category")),
        ({"shop": "main", "translations": [WORDS | {"language": "de"}]}, ("invalid", "language")),
        ({"shop": "nowhere", "translations": [WORDS]}, ("does_not_exist", "shop")),
        ({"shop": "main", "colour": 1, "translations": [WORDS]}, ("unknown", "colour")),
    ],
)
def test_what_does_not_fit_names_its_field_and_leaves_nothing(api: Caller, body, problem):
    answer = api.post("/articles/", body)
    assert (answer.status_code, problems(answer), Article.objects.count()) == (400, [problem], 0)


def test_agents_read_and_do_not_write(api: Caller):
    article = makers.article()
    agent = Caller(make.token(make.user(role=Role.AGENT)))
    assert agent.get(f"/articles/{article.pk}/").status_code == 200
    assert agent.patch(f"/articles/{article.pk}/", {"skus": ["X"]}).status_code == 403
    assert Caller().get("/articles/").status_code == 401


def test_filters(api: Caller):
    published, draft = makers.article(skus=["K2"]), makers.article("Brouillon", topic="billing", published=False)
    found = {
        query: [row["id"] for row in api.get("/articles/", **dict([query])).json()["results"]]
        for query in (("state", "draft"), ("category", "returns"), ("sku", "K2"), ("language", "en"), ("shop", "main"))
    }
    assert found == {
        ("state", "draft"): [draft.pk],
        ("category", "returns"): [published.pk],
        ("sku", "K2"): [published.pk],
        ("language", "en"): [],
        ("shop", "main"): [published.pk, draft.pk],
    }


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_the_listing_takes_the_same_queries(api: Caller, django_assert_num_queries, rows: int):
    for number in range(rows):
        makers.article(f"Question {number}")
    with django_assert_num_queries(5):
        assert len(api.get("/articles/").json()["results"]) == rows
