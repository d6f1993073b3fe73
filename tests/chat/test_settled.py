"""The question that nobody had to be asked: an article which the chat offered has answered it."""

import pytest

from channels_app.models import Channel
from faq.models import SelfServiceEntry
from tests.chat.visitor import Visitor
from tests.faq import makers
from tickets.models import ChatSession, Ticket


def test_it_is_one_confirmed_entry_however_often(visitor: Visitor) -> None:
    article = makers.article()
    visitor.hello()
    answers = [visitor.post("solved", article=article.pk) for _time in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    entry = SelfServiceEntry.objects.get()
    session = ChatSession.objects.get()
    assert (entry.kind, entry.confirmed, entry.article) == ("article_solved", True, article)
    assert (entry.visitor, entry.customer) == (session.uuid, None)
    assert not Ticket.objects.exists()


def test_the_list_names_its_articles_before_and_while_somebody_types(visitor: Visitor) -> None:
    named = f'data-article="{makers.article().pk}"'
    assert named in visitor.client.get("/chat/main/?lang=fr").content.decode()
    assert named in visitor.client.get("/chat/main/suggest/?lang=fr&q=retourner").content.decode()


def test_who_writes_after_all_is_recognised(visitor: Visitor) -> None:
    """KPIS 4.17: within 72 hours, the entry of somebody who wrote is no question settled alone."""
    visitor.hello()
    visitor.post("solved", article=makers.article().pk)
    visitor.say()
    assert SelfServiceEntry.objects.get().customer == Ticket.objects.get().customer


@pytest.mark.parametrize("number", ["", "x", "0", "99999999", "9" * 40, "٣"])
def test_an_article_that_nobody_may_read_answers_nothing(chat: Channel, visitor: Visitor, number: str) -> None:
    visitor.hello()
    assert visitor.post("solved", article=number).status_code == 404
    assert not SelfServiceEntry.objects.exists()
