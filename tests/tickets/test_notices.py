"""Customers whose orders a banner concerns are written to once each, whatever happens on the way (S14)."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from channels_app.models import OutboundMessage
from customers.affected import Affected
from customers.merge import merge
from faq import actions
from faq.models import Banner, NoticeLetter
from tests import factories as make
from tickets import notices
from tickets.models import BlockedSender

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=1)


@pytest.fixture
def lead(client: Client) -> Client:
    make.channel()
    client.force_login(make.user(role=Role.LEAD, language="en", first_name="Claire", last_name="Roux"))
    return client


@pytest.fixture
def banner() -> Banner:
    titles = {"fr": "Colis retardés", "en": "Late parcels"}
    texts = {"fr": "Comptez 2 jours de plus.", "en": "Count two more days."}
    return actions.announce(make.shop(), titles=titles, texts=texts)


def page_of(banner: Banner) -> str:
    return f"/settings/articles/banners/{banner.pk}/letter/"


def bought(email: str, *, language: str = "fr", days: int = 2, status: str = "shipped", **fields: Any):
    buyer = make.customer(email, language=language)
    return make.order(buyer, status=status, placed_at=timezone.now() - days * DAYS, **fields)


def press(lead: Client, banner: Banner, *, expected: int, then: str = "send", **changed: Any):
    """Send the form as the page has it; `submission` stands for one page that was looked at."""
    said = {"status": ["paid", "processing", "shipped"], "since": timezone.localdate() - 30 * DAYS, "then": then}
    words = {f"{name}_{code}": "x" for code in ("fr", "en") for name in ("subject", "text")}
    form = said | words | {"submission": str(uuid.uuid4()), "expected": expected} | changed
    return lead.post(f"{page_of(banner)}send/", form)


def sent() -> list[tuple[str, str]]:
    return [(mail.to[0]["value"], mail.subject) for mail in OutboundMessage.objects.order_by("pk")]


def test_the_page_counts_whom_it_concerns_and_who_is_left_out(lead: Client, banner: Banner):
    bought("anna@example.org", number="ML-1")
    bought("anna@example.org", number="ML-2")
    bought("bo@example.org", language="en")
    bought("late@example.org", days=40)
    bought("there@example.org", status="delivered")
    bought("rude@example.org")
    BlockedSender.objects.create(value="rude@example.org")
    make.order(make.customer("elsewhere@example.org"), shop=make.shop("other"), status="shipped")
    page = lead.get(page_of(banner)).content.decode()
    assert ["2 customers" in page, "4 orders" in page, "1 blocked" in page] == [True, True, True]
    assert NoticeLetter.objects.count() == OutboundMessage.objects.count() == 0


@pytest.mark.parametrize(("product", "count"), [("LIN-1", 1), ("Parure Brume", 1), ("LIN", 0), ("", 2)])
def test_orders_are_chosen_by_what_is_in_them(lead: Client, banner: Banner, product: str, count: int):
    bought("anna@example.org", items=[{"sku": "LIN-1", "name": "Parure Brume"}])
    bought("bo@example.org", items=[{"sku": "SEL-LB", "name": "Lampe"}])
    asked = {"status": ["shipped"], "since": "2020-01-01", "product": product}
    page = lead.get(page_of(banner), asked).content.decode()
    assert f"{count} customer{'' if count == 1 else 's'}</b>" in page


def test_each_reads_it_in_their_language_marked_as_automatic(lead: Client, banner: Banner):
    bought("anna@example.org", number="ML-1")
    bought("anna@example.org", number="ML-2")
    bought("bo@example.org", language="en", number="ML-3")
    words = {"subject_fr": "Votre colis", "subject_en": "Your parcel", "text_fr": "Grève.", "text_en": "A strike."}
    assert press(lead, banner, expected=2, **words).status_code == 302
    assert notices.send_due() == 2
    anna, bo = OutboundMessage.objects.order_by("pk")
    asks = make.ticket(make.customer("anna@example.org"), subject="Toujours rien")
    beside = lead.get(f"/tickets/{asks.pk}/").context["side"].earlier
    assert [(one.subject, one.url) for one in beside] == [
        ("Toujours rien", f"/tickets/{asks.pk}/"),
        ("Letter: Votre colis", ""),
    ]
    assert sent() == [("anna@example.org", "Votre colis"), ("bo@example.org", "Your parcel")]
    assert [mail.automatic for mail in (anna, bo)] == [True, True]
    assert ["ML-1, ML-2" in anna.text, "Grève." in anna.text, "Claire Roux" in anna.text] == [True, True, True]
    assert ["ML-3" in bo.text, "A strike." in bo.html, 'lang="en"' in bo.html] == [True, True, True]


def test_pressed_twice_and_once_more_another_day_is_once_per_customer(lead: Client, banner: Banner):
    bought("anna@example.org")
    once = str(uuid.uuid4())
    answers = [press(lead, banner, expected=1, submission=once).status_code for _twice in range(2)]
    again = press(lead, banner, expected=1)
    bought("bo@example.org")
    bought("anna@example.org")
    press(lead, banner, expected=1)
    while notices.send_due():
        pass
    assert (answers, again.status_code) == ([302, 302], 422)
    assert [address for address, _subject in sent()] == ["anna@example.org", "bo@example.org"]


def test_a_worker_that_dies_leaves_every_letter_for_the_next(lead: Client, banner: Banner, monkeypatch):
    for name in ("anna", "bo", "cleo"):
        bought(f"{name}@example.org")
    press(lead, banner, expected=3)
    queue, calls = notices.outbox.queue, iter((True, False))

    def dies_at_the_second(*args: Any, **fields: Any):
        if not next(calls):
            raise KeyboardInterrupt  # as a kill would: nothing is caught
        return queue(*args, **fields)

    with monkeypatch.context() as dying:
        dying.setattr(notices.outbox, "queue", dies_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            notices.send_due()
    assert (OutboundMessage.objects.count(), NoticeLetter.objects.waiting().count()) == (0, 3)
    assert (notices.send_due(), notices.send_due()) == (3, 0)
    assert [address for address, _subject in sent()] == [f"{name}@example.org" for name in ("anna", "bo", "cleo")]


def test_nobody_is_written_to_unseen(lead: Client, banner: Banner):
    """More customers than the page had counted: it says so and sends nothing."""
    bought("anna@example.org")
    bought("bo@example.org")
    page = press(lead, banner, expected=1)
    assert (page.status_code, "It is now 2 customers" in page.content.decode()) == (422, True)
    preview = press(lead, banner, expected=2, then="preview", text_fr="Grève du jour.")
    assert (preview.status_code, preview.content.decode().count("Grève du jour.")) == (200, 2)  # typed, and as read
    assert NoticeLetter.objects.count() == 0


@pytest.mark.parametrize("wrong", [{"subject_fr": " "}, {"text_en": ""}, {"status": ["lost"]}, {"since": "soon"}])
def test_what_is_missing_is_named_and_nothing_leaves(lead: Client, banner: Banner, wrong: dict[str, Any]):
    bought("anna@example.org")
    page = press(lead, banner, expected=1, **wrong)
    assert (page.status_code, "field__error" in page.content.decode()) == (422, True)
    assert NoticeLetter.objects.count() == 0


def test_a_withdrawn_banner_holds_back_what_has_not_left(lead: Client, banner: Banner):
    bought("anna@example.org")
    press(lead, banner, expected=1)
    actions.withdraw_banner(banner)
    notices.send_due()
    assert [letter.withheld for letter in NoticeLetter.objects.all()] == ["over"]
    assert press(lead, banner, expected=1).status_code == 422
    assert sent() == []


def test_two_records_of_one_person_that_were_both_told_still_merge(lead: Client, banner: Banner):
    one, two = bought("anna@example.org"), bought("anna@work.example")
    press(lead, banner, expected=2)
    merge(two.customer, into=one.customer)
    affected = Affected(("shipped",), timezone.localdate() - 30 * DAYS)
    assert (notices.reach(banner, affected).told, notices.reach(banner, affected).letters) == (1, [])
