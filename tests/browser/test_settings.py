"""Journeys of an admin through the settings: each change shows what it means before and after it is saved."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from tests import factories as make
from tests import mailroom
from tests.browser.conftest import log_in
from tickets.models import Deadline, Rule, SlaPolicy, Ticket


@pytest.fixture
def admin(shop_floor: None, context: BrowserContext, desk: str) -> User:
    user = make.admin(first_name="Claire", last_name="Moreau", language="en")
    log_in(context, user, desk)
    return user


def arrives(subject: str) -> Ticket:
    """A mail arrives, and the workers do what they do."""
    stored = mailroom.receive(mailroom.mail(subject=subject))
    mailroom.work()
    return mailroom.taken_in_as(stored).ticket


def test_hours_of_a_day_change_the_drawn_week_and_the_sentence(page: Page, admin: User) -> None:
    closed = {day: [] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    calendar = make.calendar(weekly=closed | {"mon": [["09:00", "12:00"]]})
    page.goto("/settings/hours/")
    monday, told = page.locator("#plot-mon .plot__open"), page.locator("#told")
    expect(monday).to_have_count(1)
    expect(page.locator("#weekly")).to_have_text("3 h a week")
    before = told.locator(".told__say").inner_text()
    page.get_by_label("Monday", exact=True).fill("09:00–12:00, 13:30–18:00")
    expect(monday).to_have_count(2)
    expect(page.locator("#weekly")).to_have_text("7 h 30 a week")
    page.get_by_role("button", name="Around the clock").click()
    expect(page.locator("#weekly")).to_have_text("168 h a week")
    assert told.locator(".told__say").inner_text() != before
    calendar.refresh_from_db()
    assert calendar.weekly["tue"] == []
    page.locator("footer.save").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. What was promised before stays promised.")).to_be_visible()
    calendar.refresh_from_db()
    assert calendar.weekly["tue"] == [["00:00", "24:00"]]


def test_targets_say_when_a_message_arriving_now_would_be_due_and_then_it_is(page: Page, admin: User) -> None:
    make.channel()
    page.goto("/settings/sla/new/")
    page.get_by_label("Name", exact=True).fill("Big orders")
    page.get_by_label("calendar time").check()
    page.get_by_label("First reply").fill("4 h")
    page.get_by_label("Warn when").fill("75")
    page.get_by_label("Warn when").blur()
    effect = page.locator("#effect")
    expect(effect).to_contain_text("A message arriving now would be due")
    assert not SlaPolicy.objects.exists()
    page.get_by_label("In force").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Big orders")).to_be_visible()
    ticket = arrives("Where is it?")
    assert Deadline.objects.get(ticket=ticket).target == 4 * 3600


def test_a_rule_is_tried_then_acts_on_a_real_mail_and_its_old_version_comes_back(page: Page, admin: User) -> None:
    tried = arrives("A broken lamp")
    page.goto("/settings/rules/new/")
    page.get_by_label("Name").fill("Broken things first")
    page.get_by_role("button", name="Condition", exact=True).click()
    page.get_by_label("What to look at").select_option("ticket.subject")
    page.get_by_label("Subject").fill("broken")  # the field comes with what was chosen
    page.locator("[name=step-0-add]").fill("damage")
    page.get_by_role("button", name="Try it").click()
    dry = page.get_by_label("Dry run")
    expect(dry).to_contain_text(f"#{tried.pk}")
    tried.refresh_from_db()
    assert tried.tags == []
    page.get_by_label("Active").check()
    page.locator("footer.save").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved as version 1.")).to_be_visible()
    assert arrives("A broken vase").tags == ["damage"]
    page.reload()
    expect(page.get_by_text("It has not run yet.")).to_have_count(0)
    page.get_by_label("Name").fill("Something else")
    page.locator("footer.save").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved as version 2.")).to_be_visible()
    page.get_by_role("button", name="Restore").first.click()
    expect(page.get_by_role("heading", name="Broken things first")).to_be_visible()
    assert Rule.objects.get().version == 3


def test_browser_push_waits_to_be_asked(page: Page, admin: User) -> None:
    page.add_init_script("Object.defineProperty(Notification, 'permission', { value: 'default' })")  # tests' own denies
    page.goto("/notifications/")
    expect(page.get_by_role("button", name="Tell me in this browser")).to_be_visible()
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    assert admin.push_subscriptions.count() == 0
