"""Pictures of the pages; written to docs/pictures when PICTURES=1, taken always: what cannot be drawn fails."""

import os
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from accounts.models import User
from tests.browser import scenes

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOOKS = (
    ("", "en", "light", WIDE),
    ("-dark", "fr", "dark", WIDE),
    ("-phone", "fr", "light", PHONE),
    ("-phone-dark", "en", "dark", PHONE),
)


def picture(page: Page, name: str, full: bool = False) -> None:
    page.evaluate("document.fonts.ready")
    shot = page.screenshot(full_page=full, animations="disabled")
    if os.environ.get("PICTURES") == "1":
        PICTURES.mkdir(parents=True, exist_ok=True)
        (PICTURES / f"{name}.png").write_bytes(shot)


def looks(page: Page, agent: User, path: str) -> Iterator[str]:
    """Opens the page in each look, as soon as it is live: the name's end."""
    for ending, language, theme, size in LOOKS:
        agent.language, agent.theme = language, theme
        agent.save()
        page.set_viewport_size(size)
        page.goto(path)
        page.wait_for_selector("live-stream[state=open]", state="attached")
        yield ending


def test_inbox(page: Page, agent: User) -> None:
    scenes.team_at_work(scenes.full_inbox(agent))
    for ending in looks(page, agent, "/"):
        page.locator(".row__company .avatar").wait_for()
        picture(page, f"inbox{ending}")


def test_conversation(page: Page, agent: User) -> None:
    scenes.full_inbox(agent)
    ticket = scenes.long_conversation(agent)
    for ending in looks(page, agent, f"/tickets/{ticket.pk}/"):
        picture(page, f"conversation{ending}")


def test_palette(page: Page, agent: User) -> None:
    scenes.full_inbox(agent)
    scenes.long_conversation(agent)
    for ending in looks(page, agent, "/"):
        page.keyboard.press("Control+k")
        page.keyboard.type("ville")
        page.get_by_role("option", name="Marie-Clémence de Villeneuve").first.wait_for()
        picture(page, f"palette{ending}")


def test_login(page: Page, shop_floor: None) -> None:
    page.goto("/accounts/login/")
    picture(page, "login")


def test_styleguide(page: Page, agent: User) -> None:
    page.goto("/styleguide/")
    picture(page, "styleguide", full=True)
