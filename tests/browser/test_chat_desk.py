"""The chat on two screens at once: the shopper's page and the agent's desk."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from channels_app import outbox
from channels_app.models import Channel
from surveys.models import Survey
from tests.browser.test_chat import chat, say, widget
from tests.browser.test_conversation import eventually, listening, writing
from tickets import actions
from tickets.actors import Actor
from tickets.models import Message, Ticket

__all__ = ["chat"]  # a fixture


@pytest.fixture
def shopper(browser: Browser, browser_context_args: dict[str, object], chat: Channel) -> Iterator[Page]:
    """Jasmine's own browser, on the shop's page."""
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    page.goto("/demo-shop/")
    yield page
    context.close()


def delivered() -> None:
    """What a worker would do: let the answers leave."""
    for pk in Message.objects.filter(author="agent").exclude(outbound=None).values_list("outbound", flat=True):
        outbox.deliver(pk)


def test_a_chat_from_the_queue_to_its_end(page: Page, agent: User, shopper: Page) -> None:
    page.goto("/chats/")
    listening(page)
    frame = widget(shopper)
    say(frame, "Bonjour, le globe se remplace ?")
    waiting = page.locator(".chats__row", has_text="le globe se remplace")
    expect(waiting).to_be_visible(timeout=15_000)  # nobody has touched this page
    waiting.get_by_role("button").click()
    ticket = Ticket.objects.get()
    eventually(lambda: Ticket.objects.get().assignee == agent)
    page.goto(f"/tickets/{ticket.pk}/")
    listening(page)
    writing(page, "Oui, d'un quart de tour.")
    expect(frame.locator("[data-typing]")).to_contain_text("Inès", timeout=15_000)
    frame.locator("textarea").press_sequentially("Et le pied", delay=20)
    expect(page.locator("#company")).to_contain_text("writing", timeout=20_000)
    page.keyboard.press("Control+Enter")
    eventually(lambda: Message.objects.filter(author="agent").exists())
    delivered()
    expect(frame.locator(".bubble--them")).to_have_text(["Oui, d'un quart de tour."], timeout=20_000)
    expect(frame.locator("textarea")).to_have_value("Et le pied")
    actions.solve(Ticket.objects.get(), by=Actor.agent(agent))
    expect(frame.locator("[data-end]")).to_be_visible(timeout=25_000)
    expect(frame.locator("[data-transcript]")).to_be_visible()
    frame.get_by_role("button", name="5 sur 5").click()
    expect(frame.locator("[data-thanks]")).to_be_visible()
    assert Survey.objects.get().score == 5


def test_keys_lead_from_chat_to_chat(page: Page, agent: User, shopper: Page, browser: Browser, desk: str) -> None:
    say(widget(shopper), "Première")
    eventually(Ticket.objects.exists)
    other = browser.new_context(base_url=desk)
    second = other.new_page()
    second.goto("/demo-shop/")
    say(widget(second), "Seconde")
    eventually(lambda: Ticket.objects.count() == 2)
    one, two = Ticket.objects.order_by("pk")
    for ticket in (one, two):
        actions.assign(ticket, to=agent, by=Actor.agent(agent))
    page.goto(f"/tickets/{one.pk}/")
    expect(page.locator("#talks .tab[aria-current]")).to_have_count(1)
    page.keyboard.press("l")
    page.wait_for_url(f"**/tickets/{two.pk}/")
    page.keyboard.press("l")
    page.wait_for_url(f"**/tickets/{one.pk}/")
    other.close()
