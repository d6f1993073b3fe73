"""The dashboards in a real browser: a figure says how it is made, opens what it counted, and its export agrees."""

import csv
import io
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from accounts.models import User
from metrics.models import FigureSettings
from tests import factories as make
from tests.browser.test_accessibility import STICKS_OUT, serious
from tests.browser.test_pictures import PHONE, WIDE, picture
from tickets import actions
from tickets.actors import Actor
from tickets.models import Problem, Reason, Ticket
from tickets.states import State

PAGES = (
    "", "speed/", "quality/", "self-service/", "reasons/", "team/", "staffing/", "channels/", "loyalty/", "value/",
    "fixes/", "level/months/", "goals/", "people/", "alerts/", "reports/", "settings/", "kpi/first_response_time/",
)  # fmt: skip
REASONS = (
    ("Livraison", "Retard du transporteur"),
    ("Produit", "Cassé à l’arrivée"),
    ("Avant l’achat", "Conseil de choix"),
)


@pytest.fixture(autouse=True)
def inline_styles_of_axe(complaints: list[str]) -> Iterator[None]:
    """axe itself tries inline styles, which our policy blocks."""
    yield
    complaints[:] = [one for one in complaints if not one.startswith("Applying inline style")]


@pytest.fixture
def figures(agent: User) -> User:
    """Eighteen tickets of the last days, answered, solved and rated; orders; a fixed problem; a leaderboard."""
    shop, now = make.shop(), timezone.now()
    reasons = [Reason.objects.create(key=f"r{n}", what=what, why=why) for n, (what, why) in enumerate(REASONS)]
    for n in range(18):
        at = now - timedelta(days=2 + n % 9, hours=n % 7)
        customer = make.customer(f"buyer{n}@example.org", name=f"Cliente {n}")
        make.order(customer, number=f"ML-{n}", placed_at=at - timedelta(days=1))
        ticket = make.ticket(customer, subject=f"Question {n}", at=at)
        Ticket.objects.filter(pk=ticket.pk).update(reason=reasons[n % 3])
        ticket.refresh_from_db()
        if n % 6:
            actions.reply(ticket, by=Actor.agent(agent), text="Bonjour, c’est réglé.", then=State.SOLVED)
        make.order(customer, number=f"MM-{n}", placed_at=at + timedelta(hours=5)) if n % 3 == 2 else None
    Problem.objects.create(
        shop=shop, title="Carton trop fin", reason=reasons[1], state="fixed", fixed_at=now - timedelta(days=25)
    )
    FigureSettings.objects.create(shop=shop, leaderboard=True, leaderboard_least=2)
    return agent


@pytest.fixture
def demo(agent: User) -> User:
    """The demo shop, its leaderboard shown."""
    call_command("seed_demo", stdout=io.StringIO())
    FigureSettings.objects.update(leaderboard=True, leaderboard_least=5)
    return agent


def wear(agent: User, language: str, theme: str) -> None:
    agent.language, agent.theme = language, theme
    agent.save()


def test_a_figure_says_how_it_is_made_and_opens_what_it_counted(page: Page, figures: User, tmp_path: Path) -> None:
    page.goto("/figures/?period=today")
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.click("[popovertarget=f-first_response_time]")
    formula = page.locator("#f-first_response_time")
    expect(formula).to_be_visible()
    expect(formula).to_contain_text("From the customer's first message to the first reply by a person")
    counted = int(page.locator(".kpi:has(#f-first_response_time) .kpi__n .fig").inner_text().split()[0])
    formula.locator("a").click()
    page.wait_for_url("**/figures/kpi/first_response_time/**")
    rows = page.locator("section[aria-labelledby=rows] tbody tr").count()
    assert rows == counted > 0
    with page.expect_download() as download:
        page.click("text=CSV")
    saved = tmp_path / "figure.csv"
    download.value.save_as(saved)
    lines = list(csv.reader(io.StringIO(saved.read_text("utf-8-sig"))))
    assert len(lines) - 1 == counted
    listed = page.locator("section[aria-labelledby=rows] tbody th").all_inner_texts()
    assert [f"#{line[0]}" for line in lines[1:]] == listed


def test_the_formula_opens_by_keyboard_and_closes_again(page: Page, figures: User) -> None:
    page.goto("/figures/")
    page.focus("[popovertarget=f-csat]")
    page.keyboard.press("Enter")
    expect(page.locator("#f-csat")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#f-csat")).to_be_hidden()


def test_the_picker_changes_days_and_comparison(page: Page, figures: User) -> None:
    page.goto("/figures/")
    page.click("[popovertarget=period]")
    page.click("#period >> text=7 days")
    page.wait_for_url("**period=7d**")
    page.click("[popovertarget=period]")
    page.click("#period >> text=the year before")
    page.wait_for_url("**against=year**")
    assert "period=7d" in page.url
    page.click("[popovertarget=period]")
    page.click("#period >> text=nothing")
    page.wait_for_url("**against=none**")
    assert page.locator(".hue--prev").count() == 0


def test_the_picture_of_a_figure_comes_as_png(page: Page, figures: User, tmp_path: Path) -> None:
    page.goto("/figures/kpi/tickets_opened/")
    with page.expect_download() as download:
        page.click("text=PNG")
    saved = tmp_path / "figure.png"
    download.value.save_as(saved)
    assert saved.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert download.value.suggested_filename.endswith(".png")


def test_the_months_of_the_level_come_by_themselves(page: Page, figures: User) -> None:
    page.goto("/figures/level/")
    expect(page.locator("table.levels tbody tr")).to_have_count(8)


def test_on_paper_there_is_only_the_report(page: Page, figures: User) -> None:
    page.goto("/figures/")
    page.emulate_media(media="print")
    for gone in (".rail", ".figs__tools", ".tabbar"):
        assert page.locator(gone).first.is_hidden()
    assert page.locator(".kpis").is_visible()


@pytest.mark.skipif(os.environ.get("PICTURES") != "1", reason="PICTURES=1 takes them anew for docs/pictures")
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("suffix", "language", "theme", "size"), [("", "en", "light", WIDE), ("-phone", "fr", "dark", PHONE)]
)
def test_pictures_of_every_dashboard(
    page: Page, demo: User, suffix: str, language: str, theme: str, size: ViewportSize
) -> None:
    wear(demo, language, theme)
    for name in PAGES if not suffix else ("", "value/", "kpi/first_response_time/"):
        page.set_viewport_size(size)
        page.goto(f"/figures/{name}")
        tall = page.evaluate("document.querySelector('.figs .scroll').scrollHeight") + 120
        page.set_viewport_size({"width": size["width"], "height": max(size["height"], tall)})
        picture(page, f"figures-{name.strip('/').replace('/', '-') or 'home'}{suffix}")


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("width", "language", "theme"), [(1440, "en", "light"), (390, "fr", "dark")])
def test_nothing_serious_and_nothing_sticks_out(
    page: Page, figures: User, width: int, language: str, theme: str
) -> None:
    wear(figures, language, theme)
    page.set_viewport_size({"width": width, "height": 900})
    found = {}
    for name in PAGES:
        page.goto(f"/figures/{name}")
        if complaints := [*serious(page), *page.evaluate(STICKS_OUT)]:
            found[name] = complaints
    assert found == {}
