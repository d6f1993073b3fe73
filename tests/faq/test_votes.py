"""Did this article answer your question? One vote and one self-service entry per reader; reading counts nothing."""

import pytest
import time_machine
from django.test import Client

from faq.models import Article, ArticleFeedback, SelfServiceEntry
from tests.faq import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    return makers.article()


def vote(client: Client, article, helpful: str, **fields):
    headers = fields.pop("headers", {})
    return client.post(f"/help/main/fr/articles/{article.pk}/vote/", {"helpful": helpful, **fields}, headers=headers)


def counts(article):
    article = Article.objects.get(pk=article.pk)
    return article.helpful, article.unhelpful, article.solved


def test_yes_is_one_confirmed_entry_however_often(client: Client, article):
    answer = vote(client, article, "yes")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("?voted=yes#helpful")
    vote(client, article, "yes")
    assert counts(article) == (1, 0, 1)
    entry = SelfServiceEntry.objects.get()
    assert (entry.kind, entry.confirmed, entry.shop_id, entry.article_id, entry.customer_id) == (
        "article_solved",
        True,
        article.shop_id,
        article.pk,
        None,
    )
    vote(Client(), article, "yes")
    assert counts(article) == (2, 0, 2)


def test_no_asks_why_and_the_second_thought_counts(client: Client, article):
    page = client.get(vote(client, article, "no").headers["Location"]).content.decode()
    assert 'name="reason"' in page
    vote(client, article, "no", reason="unclear", comment="  À l’étape 2 ? ")
    said = ArticleFeedback.objects.get()
    assert (said.helpful, said.reason, said.comment) == (False, "unclear", "À l’étape 2 ?")
    assert counts(article) == (0, 1, 0)
    vote(client, article, "yes")
    assert counts(article) == (1, 0, 1)
    said.refresh_from_db()
    assert (said.helpful, said.reason, said.comment) == (True, "", "")


def test_htmx_gets_the_box_alone(client: Client, article):
    page = vote(client, article, "no", headers={"HX-Request": "true"}).content.decode()
    assert page.startswith('<section class="helpful" id="helpful"')
    assert "<html" not in page


def test_reading_counts_nothing(client: Client, article):
    client.get(f"/help/main/fr/articles/{article.pk}-comment-retourner-un-article/?voted=yes")
    assert client.get(f"/help/main/fr/articles/{article.pk}/vote/?helpful=yes").status_code == 405
    assert (counts(article), SelfServiceEntry.objects.count(), ArticleFeedback.objects.count()) == ((0, 0, 0), 0, 0)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://[x"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_vote_of_another_site_is_refused(client: Client, article, headers):
    assert vote(client, article, "yes", headers=headers).status_code == 403
    assert counts(article) == (0, 0, 0)


def test_nonsense_is_refused_and_a_forged_cookie_is_a_new_reader(client: Client, article):
    assert vote(client, article, "maybe").status_code == 422
    assert vote(client, article, "no", reason="<script>", comment="\0x" * 2000).status_code == 302
    said = ArticleFeedback.objects.get()
    assert (said.reason, len(said.comment)) == ("", 1000)
    client.cookies["help_visitor"] = "forged"
    vote(client, article, "yes")
    assert counts(article) == (1, 1, 1)


def test_a_draft_takes_no_votes(client: Client):
    draft = makers.article("Brouillon", published=False)
    assert vote(client, draft, "yes").status_code == 404


@time_machine.travel("2026-11-23T10:00:00Z", tick=False)
def test_a_flood_of_votes_is_stopped(article):
    address = f"2001:db8::{article.pk:x}"  # not that of an earlier run
    answers = [vote(Client(REMOTE_ADDR=address), article, "yes").status_code for _n in range(22)]
    assert answers == [302] * 20 + [429] * 2
    assert counts(article) == (20, 0, 20)
