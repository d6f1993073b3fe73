"""Whole journeys of an agent's day, from a customer's mail to ours.

Drafts, undo, collisions and forwarding have theirs in test_conversation.
"""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from playwright.sync_api import Page, expect

from accounts.models import User
from tests import factories as make
from tests import mailroom
from tests.browser.conftest import listening, writing
from tests.journeys.test_mail_in_and_out import by_smtp
from tickets import actions, macros
from tickets.actors import Actor
from tickets.models import DeskSettings, Macro, Message, SavedView, Ticket
from tickets.search import learn


@pytest.fixture
def catcher(settings: LazySettings) -> Iterator[mailroom.Catcher]:
    """Where our mail arrives."""
    with mailroom.catcher(settings) as server:
        yield server


@pytest.fixture
def lost_parcel(agent: User) -> Macro:
    text = "Bonjour {{ customer.first_name }}, votre colis arrivera le {{ input.arrival_date }}."
    made = Macro(owner=agent)
    return macros.define(
        made,
        by=agent,
        name="Colis perdu",
        texts={"fr": {"text": text, "html": ""}},
        steps=[{"do": "tag", "add": ["colis perdu"]}],
    )


def test_a_mail_arrives_while_the_inbox_is_open(page: Page, agent: User, catcher: mailroom.Catcher) -> None:
    make.calendar()
    make.channel()
    for number in range(3):
        make.ticket(subject=f"Ticket {number}")
    page.goto("/")
    listening(page)
    by_smtp(mailroom.mail(subject="Où est ma lampe ?"))
    mailroom.work()
    expect(page.locator("[data-row]").get_by_text("Où est ma lampe ?")).to_be_visible()
    expect(page.locator("#total")).to_have_text("4")


@pytest.mark.parametrize("beside_a_ticket", [False, True])
def test_what_arrives_waits_while_a_hand_is_in_the_list(page: Page, agent: User, beside_a_ticket: bool) -> None:
    rows = [make.ticket(subject=f"Ticket {number}") for number in range(3)]
    page.goto(f"/tickets/{rows[0].pk}/" if beside_a_ticket else "/")
    listening(page)
    page.locator(f"#row-{rows[1].pk}").hover()
    make.ticket(subject="Late, but due before all others", at=rows[0].opened_at.replace(year=2020))
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    expect(page.locator("[data-row]")).to_have_count(3)
    actions.rename(rows[2], to="Ticket 2, renamed", by=Actor.agent(agent))
    expect(page.locator(f"#row-{rows[2].pk}")).to_contain_text("Ticket 2, renamed")
    expect(page.locator("[data-row]")).to_have_count(3)
    page.get_by_role("button", name="1 new").press("Enter")
    expect(page.locator("[data-row]").first).to_contain_text("Late, but due before all others")
    expect(page.get_by_role("button", name="1 new")).to_be_hidden()
    if beside_a_ticket:
        page.locator("#thread").hover()
        make.ticket(subject="Nobody’s hand is in the list")
        expect(page.locator("[data-row]").get_by_text("Nobody’s hand is in the list")).to_be_visible()


def test_answered_by_keyboard_only_from_the_list_to_the_customers_mailbox(
    page: Page, agent: User, lost_parcel: Macro, catcher: mailroom.Catcher, complaints: list[str]
) -> None:
    ticket = make.ticket(make.customer(mailroom.JASMINE, name="Jasmine Roy"), language="fr")
    following = make.ticket(subject="Next")
    DeskSettings.objects.create(shop=ticket.shop, undo_seconds={"email": 0})
    page.goto("/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{ticket.pk}/**")
    writing(page, "/perdu")
    page.keyboard.press("Enter")  # before the menu is there
    expect(page.locator(".macro-empty")).to_contain_text("arrival date")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator(".composer__error")).to_contain_text("arrival date")
    assert not Message.objects.filter(user=agent).exists()
    page.keyboard.type("12 mai")  # the empty place is selected
    page.keyboard.press("Control+Shift+Enter")
    page.wait_for_url(f"**/tickets/{following.pk}/**")
    page.keyboard.press("v")
    expect(page.locator(f"#row-{following.pk}.row--unread")).to_be_visible()
    mailroom.work()
    letters = "".join(letter.text for letter in catcher.to(mailroom.JASMINE))
    assert letters.count("Bonjour Jasmine, votre colis arrivera le 12 mai.") == 1
    ticket.refresh_from_db()
    assert (ticket.state, ticket.tags) == ("solved", ["colis perdu"])
    complaints.clear()  # the browser notes every 422


def test_a_macro_whose_words_were_deleted_does_nothing(page: Page, agent: User, lost_parcel: Macro) -> None:
    ticket = make.ticket(make.customer(name="Jasmine Roy"), language="fr")
    page.goto(f"/tickets/{ticket.pk}/")
    writing(page, "/perdu")
    expect(page.get_by_role("option", name="Colis perdu")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".macro-empty")).to_contain_text("arrival date")
    expect(page.locator("#composer [name=macro]")).to_have_value(str(lost_parcel.pk))
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    expect(page.locator("#composer [name=macro]")).to_have_value("")
    page.keyboard.type("Nous cherchons.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg--out")).to_contain_text("Nous cherchons.")
    assert Ticket.objects.get(pk=ticket.pk).tags == []


def test_two_tickets_become_one_and_two_again(page: Page, agent: User) -> None:
    jasmine = make.customer(name="Jasmine Roy")
    first = make.ticket(jasmine, subject="Ma lampe", text="Où est ma lampe ?")
    second = make.ticket(jasmine, subject="Ma lampe, encore", text="Toujours rien.")
    page.goto(f"/tickets/{second.pk}/")
    page.keyboard.press("m")
    page.get_by_role("link", name="Ma lampe").first.click()
    page.get_by_role("button", name=f"Merge into #{first.pk}").click()
    page.wait_for_url(f"**/tickets/{first.pk}/**")
    expect(page.locator("#thread")).to_contain_text("Toujours rien.")
    page.get_by_role("button", name="Undo").click()
    page.goto(f"/tickets/{first.pk}/")
    expect(page.locator("#thread")).not_to_contain_text("Toujours rien.")
    page.goto(f"/tickets/{second.pk}/")
    expect(page.locator("#thread")).to_contain_text("Toujours rien.")


@pytest.mark.parametrize(
    ("typed", "corrected"), [("remboursée", None), ("REMBOURSEE", None), ("remboursemnt", "remboursement")]
)
def test_found_whatever_the_accents_and_the_typos(page: Page, agent: User, typed: str, corrected: str | None) -> None:
    cache.clear()
    make.ticket(subject="Facture", text="Bonjour, quand vient mon remboursement ?", language="fr")
    make.ticket(subject="Livraison", text="Où est ma lampe ?", language="fr")
    learn()
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(page.locator(".row__subject")).to_have_text(["Facture"])
    expect(page.locator(".row__snippet mark")).to_have_text("remboursement")
    expect(page.locator(".list__note")).to_have_text([f"Showing results for “{corrected}”"] if corrected else [])


def test_a_range_of_tickets_at_once_and_the_way_back(page: Page, agent: User) -> None:
    tickets = [make.ticket(subject=f"Ticket {number}") for number in range(5)]
    page.goto("/")
    boxes = page.locator("[data-row] input[name=ticket]")
    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(page.locator("[data-many]")).to_have_text("3 ticked")
    page.locator(".bulk").get_by_role("button", name="Solve").click()
    expect(page.locator("[data-row]")).to_have_count(2)
    assert set(Ticket.objects.filter(state="solved")) == set(tickets[1:4])
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-row]")).to_have_count(5)


def test_on_a_phone_views_are_a_thumb_away_and_several_tickets_are_solved_at_once(page: Page, agent: User) -> None:
    tickets = [make.ticket(subject=f"Ticket {number}", assignee=agent) for number in range(3)]
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Mine 3").click()
    page.wait_for_url("**/?view=mine")
    page.get_by_title("Choose several").click()
    for ticket in tickets[:2]:
        page.locator(f"#row-{ticket.pk}").click()  # anywhere on the row: it ticks, and opens nothing
    page.locator(".bulk").get_by_role("button", name="More actions").click()
    page.keyboard.press("Escape")
    expect(page.locator("[data-many]")).to_have_text("2 ticked")
    page.locator(".bulk").get_by_role("button", name="Solve").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    assert set(Ticket.objects.filter(state="solved")) == set(tickets[:2])


def test_enter_in_the_field_of_the_bulk_tag_only_tags(page: Page, agent: User) -> None:
    ticket = make.ticket()
    page.goto("/")
    page.locator("[data-row] input[name=ticket]").click()
    page.locator(".bulk").get_by_role("button", name="Tag").click()
    page.locator("#bulk-tag input").fill("noël")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("1 ticket")
    ticket.refresh_from_db()
    assert (ticket.tags, ticket.state) == (["noël"], "new")


def test_views_are_dragged_into_another_order(page: Page, agent: User) -> None:
    names = ["Retours", "Livraison", "VIP"]
    for position, name in enumerate(names):
        SavedView.objects.create(owner=agent, name=name, position=position, filters={"state": ["open"]})
    page.goto("/")
    views = page.locator("view-order [data-view]")
    expect(views.locator(".cut")).to_have_text(names)
    with page.expect_response("**/views/order/"):
        views.nth(2).drag_to(views.nth(0), target_position={"x": 20, "y": 2})
    page.reload()
    expect(views.locator(".cut")).to_have_text(["VIP", "Retours", "Livraison"])
