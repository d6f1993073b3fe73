"""/help/<shop>/contact/: stored raw, then a ticket; what is wrong is named and nothing typed is lost."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from channels_app.models import InboundMessage, OutboundMessage
from customers import passes
from faq.models import SelfServiceEntry
from tests import factories as make
from tests.faq import makers
from tests.faq.test_safety import png
from tests.tickets.histories import policy
from tickets import actions, deadlines, reactions
from tickets.actors import Actor
from tickets.models import Attachment, Event, Promise, Reason, Ticket

pytestmark = pytest.mark.django_db
PLACE = "/help/main/contact/"
SAID = {"text": "Le globe est cassé.", "name": "Jasmine Roy", "email": "jasmine@example.org"}


@pytest.fixture
def shopper() -> Client:
    cache.clear()
    make.channel()
    return Client(enforce_csrf_checks=True)


def sent(shopper: Client, **changed: object):
    return shopper.post(PLACE, SAID | {"submission": str(uuid.uuid4())} | changed)


def letters() -> list[OutboundMessage]:
    for event in Event.objects.filter(reacted_at=None).order_by("pk"):
        reactions.react(event.pk)
    return list(OutboundMessage.objects.order_by("pk"))


def letter_link() -> str:
    """The status page, as the acknowledgement names it."""
    return re.search(r"http://testserver(/help/main/requests/\S+)", letters()[0].text)[1]


def test_a_message_becomes_a_ticket_at_once_and_its_page_shows_number_and_words(shopper):
    answer = sent(shopper)
    assert answer.status_code == 302
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.channel_kind, ticket.customer.email) == (
        "Le globe est cassé.", "form", "jasmine@example.org",
    )  # fmt: skip
    page = shopper.get(answer["Location"]).content.decode()
    assert (f"#{ticket.pk}" in page, "Le globe est cassé." in page) == (True, True)


def test_the_link_of_a_letter_shows_the_answer_the_page_only_that_there_is_one_and_neither_a_note(shopper):
    place = sent(shopper)["Location"]
    ticket, agent = Ticket.objects.get(), Actor.agent(make.user())
    proven = letter_link()
    actions.note(ticket, by=agent, text="secret note")
    reply = actions.reply(ticket, by=agent, text="Un globe neuf part demain.")
    assert (reply.outbound.channel.kind, reply.outbound.to) == (
        "email", [{"value": "jasmine@example.org", "name": "Jasmine Roy"}],
    )  # fmt: skip
    at_once, by_letter = (shopper.get(url).content.decode() for url in (place, proven))
    assert ("Un globe neuf" in at_once, "Un globe neuf" in by_letter) == (False, True)
    assert ("j…@example.org" in at_once, "jasmine@example.org" in at_once) == (True, False)
    assert ("secret note" in at_once, "secret note" in by_letter) == (False, False)
    assert proven not in at_once  # the acknowledgement is not quoted there


def test_more_can_be_said_on_the_page_with_a_file(shopper):
    place = sent(shopper)["Location"]
    more = {"text": "Voici la photo.", "submission": str(uuid.uuid4())}
    for _ in range(2):
        assert shopper.post(place, more | {"uploads": SimpleUploadedFile("g.png", png())}).status_code == 302
    ticket = Ticket.objects.get()
    said = ticket.messages.filter(author="customer").order_by("pk")
    assert [(one.text, one.joined_by) for one in said] == [
        ("Le globe est cassé.", "opened"),
        ("Voici la photo.", "token"),
    ]
    file = Attachment.objects.get()
    got = shopper.get(f"{place.partition('?')[0]}files/{file.uuid}/")
    assert (b"".join(got.streaming_content), got["Content-Disposition"], got["Content-Type"]) == (
        png(), 'attachment; filename="g.png"', "application/octet-stream",
    )  # fmt: skip


def test_a_mail_in_the_customers_name_is_not_shown_on_the_page(shopper):
    """V1: robots of others write to the address of a ticket that a stranger opened in their name."""
    sent(shopper, email="no-reply@chat.example")
    make.message(Ticket.objects.get(), text="Your sign-in code is 4711", channel_kind="email")
    assert "4711" not in shopper.get(letter_link()).content.decode()


def test_reasons_are_read_in_the_shoppers_language_and_name_the_conversation_in_it(shopper):
    english = {"what": "Delivery", "why": "Late carrier"}
    Reason.objects.create(key="late", what="Livraison", why="Retard", extra={"names": {"en": english, "fr": "x"}})
    for language, what, why in (("en", "Delivery", "Late carrier"), ("fr", "Livraison", "Retard")):
        page = shopper.get(f"{PLACE}?lang={language}").content.decode()
        assert (f"<span>{what}</span>" in page, f">{why}</option>" in page) == (True, True), language
    shopper.post(f"{PLACE}?lang=en", SAID | {"submission": str(uuid.uuid4()), "what": "0", "why_0": "late"})
    assert Ticket.objects.get().subject == "Late carrier"


def test_what_answers_a_reason_is_offered_when_it_is_chosen_and_what_helps_most_before(shopper):
    named, other = makers.article("Un colis en retard", reason="late"), makers.article("Laver le lin")
    useful = shopper.get(f"{PLACE}?lang=fr").context["answers"]
    assert (useful.fits, {one.article for one in useful.answers}) == (False, {named.pk, other.pk})
    chosen = shopper.post(f"{PLACE}suggest/?lang=fr", {"text": "laver", "reason": "late"}).content.decode()
    assert [int(pk) for pk in re.findall(r'name="article" value="(\d+)"', chosen)] == [named.pk, other.pk]
    assert shopper.post(f"{PLACE}suggest/?lang=fr", {"text": "", "reason": "\0no"}).status_code == 200


def test_the_reason_and_an_order_of_their_own_are_filed_and_name_the_conversation(shopper):
    late = Reason.objects.create(key="late", what="Livraison", why="Retard")
    Reason.objects.create(key="damaged", what="Produit", why="Abîmé")
    order = make.order(make.customer("jasmine@example.org"), number="ML-7")
    sent(shopper, what="0", why_0="late", why_1="damaged", order="ml-7")
    ticket = Ticket.objects.get()
    assert (ticket.reason, ticket.subject, list(ticket.orders.all())) == (late, "Retard – ml-7", [order])
    assert ticket.events.filter(kind="order").get().data == {"deed": "named", "number": "ML-7"}


def test_the_order_of_somebody_else_is_not_filed_but_told_to_colleagues(shopper):
    make.order(make.customer("helene@example.org"), number="ML-7")
    sent(shopper, order="ML-7")
    ticket = Ticket.objects.get()
    assert list(ticket.orders.all()) == []
    assert [note.text for note in ticket.messages.filter(public=False)] == [
        "Le client indique la commande ML-7, qui n’est pas l’une des siennes."
    ]


def test_who_comes_from_an_order_chooses_it_from_a_list(shopper):
    order = make.order(make.customer("jasmine@example.org"), number="ML-7", items=[{"name": "Lampe Opale"}])
    make.order(order.customer, number="ML-8")
    one, all_of_them = passes.for_order(order), passes.for_customer(order.customer)
    numbers = [
        re.findall(r'name="order" value="([^"]*)"', shopper.get(f"{PLACE}?about={token}").content.decode())
        for token in (one, all_of_them, "forged")
    ]
    assert numbers == [["ML-7", ""], ["ML-8", "ML-7", ""], [""]]


def read(shopper: Client) -> tuple[str, str]:
    """The reply time on the page, and what the form carries of it."""
    page = shopper.get("/help/main/contact/?lang=en").content.decode()
    return re.search(r"You will have our answer ([^<]+)\.<", page)[1], re.search(r'name="told" value="([^"]+)"', page)[
        1
    ]


def promise_of(answer) -> Promise:
    return Promise.objects.get(place="contact")


def test_the_reply_time_that_the_page_showed_is_stored_as_read_and_judged(shopper):
    policy(clock="calendar", first_reply=3600)
    with time_machine.travel("2026-03-02T09:00:00+00:00", tick=False):
        words, told = read(shopper)
    with time_machine.travel("2026-03-02T09:40:00+00:00", tick=False):
        answer = sent(shopper, told=told)
        promise = promise_of(answer)
        page = shopper.get(answer["Location"].replace("lang=fr", "lang=en")).content.decode()
    assert (words, promise.text) == ("today before 11:00", "today before 11:00")
    assert (promise.shown_at.isoformat(), promise.due_at.isoformat()) == (
        "2026-03-02T09:00:00+00:00",
        "2026-03-02T10:00:00+00:00",
    )
    assert "today before 11:00" in page
    deadlines.settle_many([promise.ticket_id], at=promise.due_at + timedelta(seconds=1))
    promise.refresh_from_db()
    assert promise.kept is False


@pytest.mark.parametrize("told", ["as read", "forged", ""])
def test_a_page_left_open_for_too_long_or_altered_promises_what_counts_now(shopper, told):
    policy(clock="calendar", first_reply=3600)
    with time_machine.travel("2026-03-02T09:00:00+00:00", tick=False):
        read_then = read(shopper)[1]
    with time_machine.travel("2026-03-02T15:00:00+00:00", tick=False):
        promise = promise_of(sent(shopper, told=read_then if told == "as read" else told))
    assert promise.due_at.isoformat() == "2026-03-02T16:00:00+00:00"


def test_the_same_submission_twice_is_one_message(shopper):
    key = str(uuid.uuid4())
    assert sent(shopper, submission=key)["Location"][:20] == sent(shopper, submission=key)["Location"][:20]
    assert (InboundMessage.objects.count(), Ticket.objects.count()) == (1, 1)


def test_an_error_names_its_field_and_keeps_what_was_typed(shopper):
    Reason.objects.create(key="late", what="Livraison", why="Retard")
    answer = sent(shopper, email="jasmine@", what="0", why_0="late", order="ML-7")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-error"', page) == ["email"]
    assert ("Le globe est cassé." in page, 'href="#id_email"' in page) == (True, True)
    assert ('value="0" checked' in page, '"late" selected' in page, 'value="ML-7"' in page) == (True, True, True)
    assert InboundMessage.objects.count() == 0


@pytest.mark.parametrize("token", ["forged", "x" * 300])
def test_a_forged_link_leads_nowhere(shopper, token):
    assert shopper.get(f"/help/main/requests/{token}/").status_code == 404
    assert shopper.post(f"/help/main/requests/{token}/", {"text": "x"}).status_code == 404


def test_an_expired_link_and_one_of_another_shop_lead_nowhere(shopper):
    with time_machine.travel("2026-03-02T09:00:00+00:00", tick=False):
        place = sent(shopper)["Location"]
    with time_machine.travel("2026-05-20T09:00:00+00:00", tick=False):
        assert shopper.get(place).status_code == 404
    make.shop("other")
    fresh = sent(shopper)["Location"]
    assert shopper.get(fresh.replace("/main/", "/other/")).status_code == 404


# --- Answers instead of a message -----------------------------------------------------------------------------------


def test_while_somebody_writes_articles_are_offered_and_one_that_answers_is_counted_once(shopper):
    article = makers.article()
    page = shopper.post(f"{PLACE}suggest/?lang=fr", {"text": "comment retourner ma lampe ?"}).content.decode()
    assert re.findall(r'name="article" value="(\d+)"', page) == [str(article.pk)]
    for _ in range(2):
        answer = shopper.post(f"{PLACE}settled/", {"article": article.pk})
        assert answer.status_code == 302
    entry = SelfServiceEntry.objects.get()
    assert (entry.kind, entry.confirmed, entry.article, entry.customer) == ("article_solved", True, article, None)
    assert InboundMessage.objects.count() == 0


def test_who_writes_all_the_same_is_known_to_the_72_hour_rule(shopper):
    shopper.post(f"{PLACE}settled/", {"article": makers.article().pk})
    sent(shopper)
    assert SelfServiceEntry.objects.get().customer == Ticket.objects.get().customer
