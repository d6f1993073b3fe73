"""Journeys of an agent at the desk."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from tests import factories as make
from tests.browser import scenes
from tests.browser.conftest import listening, log_in
from tickets import actions
from tickets.actors import CUSTOMER, Actor
from tickets.models import Message, Ticket


def test_a_new_ticket_appears_without_reload_and_without_a_jump(page: Page, agent: User) -> None:
    for number in range(40):
        make.ticket(subject=f"Ticket {number}")
    page.goto("/")
    listening(page)
    page.evaluate("window.same = true")
    page.evaluate("document.querySelector('row-cursor').scrollTop = 300")
    first = page.evaluate("document.elementFromPoint(700, 300).closest('[data-row]').id")
    top = page.locator(f"#{first}").bounding_box()
    fresh = make.ticket(subject="Just arrived", at=Ticket.objects.get(subject="Ticket 0").opened_at)
    expect(page.locator(f"#row-{fresh.pk}")).to_be_attached(timeout=5000)
    assert page.locator(f"#{first}").bounding_box() == top
    assert page.evaluate("window.same") is True
    expect(page.locator("#total")).to_have_text("41")
    expect(page.locator("#views [aria-current] .view__count")).to_have_text("41")


def test_an_open_conversation_shows_what_arrives_and_keeps_the_draft(page: Page, agent: User) -> None:
    ticket = make.ticket(assignee=agent)
    page.goto(f"/tickets/{ticket.pk}/")
    listening(page)
    page.fill("#composer-text", "Half a thought")
    make.message(ticket, text="One more thing!")
    expect(page.get_by_text("One more thing!").last).to_be_visible()
    expect(page.locator("#composer-text")).to_have_value("Half a thought")


def test_reply_note_and_double_click(page: Page, agent: User) -> None:
    ticket = make.ticket(assignee=agent)
    page.goto(f"/tickets/{ticket.pk}/")
    page.fill("#composer-text", "Good morning, it leaves today.")
    page.dblclick("[data-send=plain]")
    expect(page.locator("#composer-text")).to_have_value("")
    expect(page.locator(".msg--out")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("Watch this one.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg--note")).to_have_count(1)
    said = Message.objects.filter(ticket=ticket, user=agent).order_by("pk")
    assert [(message.text, message.public) for message in said] == [
        ("Good morning, it leaves today.", True),
        ("Watch this one.", False),
    ]


def test_send_and_solve_goes_to_the_next_ticket(page: Page, agent: User) -> None:
    first, second = make.ticket(subject="First"), make.ticket(subject="Second")
    page.goto(f"/tickets/{first.pk}/?view=open")
    page.fill("#composer-text", "Done.")
    page.keyboard.press("Control+Shift+Enter")
    page.wait_for_url(f"**/tickets/{second.pk}/?view=open")
    first.refresh_from_db()
    assert first.state == "solved"
    expect(page.locator("#toasts")).to_contain_text(f"#{first.pk}")


def test_a_refused_reply_says_why_and_keeps_the_text(page: Page, agent: User, complaints: list[str]) -> None:
    ticket = make.ticket()
    page.goto(f"/tickets/{ticket.pk}/")
    actions.close(ticket, by=Actor.agent(agent))
    page.fill("#composer-text", "Too late")
    page.click("[data-send=plain]")
    expect(page.locator("#composer [role=alert], #composer .banner")).to_be_visible()
    assert not Message.objects.filter(user=agent).exists()
    complaints.clear()  # the browser notes every 422


def test_the_whole_desk_by_keyboard(page: Page, agent: User) -> None:
    scenes.full_inbox(agent)
    page.goto("/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/tickets/\d+/"))
    number = int(re.search(r"/tickets/(\d+)/", page.url)[1])
    expect(page.locator(".pane--list [aria-current=true] .row__subject")).to_be_attached()
    page.keyboard.press("r")
    expect(page.locator(".rich")).to_be_focused()
    page.keyboard.press("Escape")
    steps = page.locator(".head__steps a").count()
    page.keyboard.press(".")
    page.get_by_role("button", name="Follow").click()
    expect(page.locator("form[action*=unfollow]")).to_be_attached()
    assert page.locator(".head__steps a").count() == steps > 0  # J and K still lead on after a fresh head
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Normal").last).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[popovertarget=set-priority]")).to_contain_text("High")
    page.keyboard.press("e")
    page.wait_for_function(f"!location.pathname.includes('/{number}/')")
    assert Ticket.objects.get(pk=number).state == "solved"
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/?view=mine")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette input")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator(".rail input[name=q]")).to_be_focused()


def test_single_keys_can_be_switched_off(page: Page, agent: User) -> None:
    agent.single_keys = False
    agent.save()
    ticket = make.ticket()
    page.goto(f"/tickets/{ticket.pk}/")
    page.keyboard.press("r")
    expect(page.locator("#composer-text")).not_to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.press("e")
    assert page.url.endswith(f"/tickets/{ticket.pk}/")


@pytest.mark.parametrize("scripts", [True, False])
def test_assign_state_priority_and_tags(
    browser: Browser, agent: User, desk: str, scripts: bool, browser_context_args: dict[str, object]
) -> None:
    karim = make.user(first_name="Karim", last_name="Haddad")
    ticket = make.ticket()
    with browser.new_context(**browser_context_args, java_script_enabled=scripts) as context:
        log_in(context, agent, desk)
        page = context.new_page()
        page.goto(f"/tickets/{ticket.pk}/")
        for opener, choice in (("assignee", "Karim Haddad"), ("state", "On hold"), ("priority", "Urgent")):
            page.click(f"[popovertarget=set-{opener}]")
            page.click(f"#set-{opener} >> text={choice}")
            expect(page.locator(f"[popovertarget=set-{opener}]")).to_contain_text(choice)
        page.click("[popovertarget=set-tags]")
        page.fill("#set-tags [name=add]", "fragile")
        page.press("#set-tags [name=add]", "Enter")
        expect(page.locator("[popovertarget=set-tags]")).to_contain_text("fragile")
        page.fill("#composer-text", "Typed")
        page.click("[data-send=plain]")
        expect(page.locator(".msg--out")).to_have_count(1)
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.state, ticket.priority, ticket.tags) == (karim, "on_hold", 4, ["fragile"])


def test_more_rows_come_below(page: Page, agent: User) -> None:
    for number in range(55):
        make.ticket(subject=f"Ticket {number}")
    page.goto("/")
    expect(page.locator("[data-row]")).to_have_count(50)
    page.click("#more a")
    expect(page.locator("[data-row]")).to_have_count(55)
    expect(page.locator(".list__group")).to_have_count(1)


def test_hostile_mail_stays_in_its_frame(page: Page, agent: User, complaints: list[str]) -> None:
    ticket = make.ticket()
    hostile = (
        '<p>Hello</p><script>parent.owned=1</script><img src="https://tracker.example/p.gif" onerror="parent.owned=1">'
    )
    Message.objects.filter(ticket=ticket).update(html=hostile)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/tickets/{ticket.pk}/")
    page.click("text=Show original")
    expect(page.frame_locator("iframe").get_by_text("Hello")).to_be_visible()
    assert page.evaluate("window.owned") is None
    assert [url for url in asked if "tracker" in url and not complaints] == []
    complaints.clear()  # the blocked script and picture are what we wanted


def test_language_and_theme_from_the_menu(page: Page, agent: User) -> None:
    page.goto("/")
    page.click(".rail [popovertarget=me]")
    page.click("#me >> text=Français")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.click(".rail [popovertarget=me]")
    page.click("#me button[value=dark]")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_without_the_stream_the_page_polls(page: Page, agent: User, complaints: list[str]) -> None:
    page.route("**/live/?**", lambda route: route.abort())
    page.add_init_script("delete window.SharedWorker")
    page.goto("/")
    ticket = make.ticket(subject="Heard by polling")
    expect(page.locator(f"#row-{ticket.pk}")).to_be_visible(timeout=15_000)
    complaints.clear()  # each attempt to reconnect


@pytest.fixture
def login_user(shop_floor: None) -> User:
    return make.user("sophie@example.com", password=make.PASSWORD)


def test_sign_in(page: Page, login_user: User) -> None:
    page.goto("/")
    page.fill("[name=login]", "sophie@example.com")
    page.fill("[name=password]", make.PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/")
    expect(page.locator("h1")).to_have_text("To do")


def test_another_agents_change_shows(page: Page, agent: User) -> None:
    ticket = make.ticket()
    page.goto(f"/tickets/{ticket.pk}/")
    listening(page)
    actions.reopen(ticket, by=CUSTOMER)
    expect(page.locator("[popovertarget=set-state]")).to_contain_text("Open")


def test_the_arrow_goes_from_a_searched_name_to_that_colleague(page: Page, agent: User) -> None:
    """Not to the entry below the field, which is oneself; and what happens meanwhile leaves the open menu as it is."""
    ticket = make.ticket()
    sophie = make.user("sophie@example.com", first_name="Sophie", last_name="Marchetti")
    for _n in range(7):  # with so many there is a field to search in
        make.user()
    page.goto(f"/tickets/{ticket.pk}/")
    listening(page)
    page.click("[popovertarget=set-assignee]:visible")
    expect(page.locator("#set-assignee [type=search]")).to_be_focused()
    page.keyboard.type("sop")
    expect(page.locator("#set-assignee [data-words]:visible")).to_have_count(1)
    actions.reopen(ticket, by=CUSTOMER)
    expect(page.locator("[popovertarget=set-state]")).to_contain_text("Open")
    expect(page.locator("#set-assignee [data-words]:visible")).to_have_count(1)
    expect(page.locator("#set-assignee [type=search]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#set-assignee [data-words]:visible")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[popovertarget=set-assignee]:visible")).to_contain_text("Sophie")
    ticket.refresh_from_db()
    assert ticket.assignee == sophie
