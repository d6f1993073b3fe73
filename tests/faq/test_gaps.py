"""What deserves an article next: S9, S37, S71."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from faq.models import Article
from tests import factories as make
from tests.faq import makers
from tickets import actions
from tickets.actors import Actor
from tickets.article_gaps import ask_for_articles
from tickets.models import Reason, Task, Ticket

pytestmark = pytest.mark.django_db
PAGE = "/settings/articles/wanted/"


@pytest.fixture
def lead() -> Client:
    client = Client()
    client.force_login(make.user("lead@example.com", role="manager"))
    return client


def asked(reason: Reason, times: int) -> list[Ticket]:
    made = [make.ticket(subject=reason.why) for _time in range(times)]
    Ticket.objects.filter(pk__in=[one.pk for one in made]).update(reason=reason)
    return made


def rows(client: Client) -> list[tuple[str, int]]:
    return [(one.reason.key, one.tickets) for one in client.get(PAGE).context["gaps"]]


def test_thirty_tickets_of_a_reason_without_an_article_rank_first(lead: Client):
    makers.help_centre()
    late, bulb, size = (Reason.objects.create(key=key, what="W", why=key) for key in ("late", "bulb", "size"))
    asked(late, 2), asked(bulb, 30), asked(size, 3)
    makers.article("Le guide des tailles", shop=make.shop(), reason="size")
    assert rows(lead) == [("bulb", 30), ("late", 2)]


def test_an_article_begins_with_the_question_and_our_answer(lead: Client):
    makers.help_centre()
    (ticket,) = asked(Reason.objects.create(key="bulb", what="Lampe", why="Quelle ampoule ?"), 1)
    actions.reply(ticket, by=Actor.agent(make.user()), text="Une E14 de 4,5 W.")
    answer = lead.post(f"/tickets/{ticket.pk}/article/")
    article = Article.objects.get()
    words = article.translations.get()
    assert answer.headers["Location"] == f"/settings/articles/{article.pk}/{words.language}/"
    assert (article.reason, article.source_tickets) == ("bulb", [ticket.pk])
    assert (words.title, words.body, words.is_published) == ("Quelle ampoule ?", "Une E14 de 4,5 W.", False)
    assert lead.get(PAGE).context["gaps"][0].draft == article


def test_a_product_that_is_sold_wants_an_article(lead: Client):
    makers.article(skus=["OLD"])
    items = [{"sku": "OLD", "name": "Vase"}, {"sku": "NEW", "name": "Lampe Opale"}, {"name": "Emballage"}]
    for _order in range(2):
        make.order(make.customer(), items=items)
    products = lead.get(PAGE).context["products"]
    assert [(one.sku, one.name, one.orders) for one in products] == [("NEW", "Lampe Opale", 2)]


@pytest.mark.parametrize("times", [1, 3, 30])
def test_the_page_takes_the_same_queries(lead: Client, django_assert_num_queries, times: int):
    makers.help_centre()
    for n in range(times):
        asked(Reason.objects.create(key=f"r{n}", what="W", why=f"r{n}"), 1)
    lead.get(PAGE)
    with django_assert_num_queries(10):
        lead.get(PAGE)


def test_a_product_that_a_shop_begins_to_sell_opens_one_task(lead: Client):
    """Ten days ago a vase was sold; this week again, and for the first time a lamp and a chair, which has one."""
    now = timezone.now()
    makers.article(skus=["CHAIR"])
    for days, sku in ((10, "VASE"), (2, "VASE"), (1, "LAMP"), (0, "LAMP"), (1, "CHAIR")):
        make.order(make.customer(), items=[{"sku": sku, "name": sku.title()}], placed_at=now - timedelta(days=days))
    assert [ask_for_articles(), ask_for_articles()] == [1, 0]
    task = Task.objects.get()
    assert (task.title, task.data) == ("Écrire une aide pour « Lamp »", {"shop": "main", "sku": "LAMP"})
    assert lead.get("/tasks/").context["to_do"][0].task == task
    lead.post(f"/tasks/{task.pk}/done/")
    assert ask_for_articles() == 0


def test_a_shop_that_has_just_begun_is_not_buried_in_tasks():
    make.order(make.customer(), items=[{"sku": "LAMP", "name": "Lamp"}])
    assert ask_for_articles() == 0
