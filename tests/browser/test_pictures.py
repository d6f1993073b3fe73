"""Pictures of the pages; written to docs/pictures when PICTURES=1, taken always: what cannot be drawn fails."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from accounts.models import User
from tests.browser import scenes

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def picture(page: Page, name: str, full: bool = False) -> None:
    page.evaluate("document.fonts.ready")
    shot = page.screenshot(full_page=full, animations="disabled")
    if os.environ.get("PICTURES") == "1":
        PICTURES.mkdir(parents=True, exist_ok=True)
        (PICTURES / f"{name}.png").write_bytes(shot)


def wear(agent: User, language: str, theme: str) -> None:
    agent.language, agent.theme = language, theme
    agent.save()


@pytest.mark.parametrize(
    ("name", "language", "theme", "size"),
    [
        ("inbox", "en", "light", WIDE),
        ("inbox-dark", "fr", "dark", WIDE),
        ("inbox-phone", "fr", "light", PHONE),
    ],
)
def test_inbox(page: Page, agent: User, name: str, language: str, theme: str, size: dict[str, int]) -> None:
    scenes.full_inbox(agent)
    wear(agent, language, theme)
    page.set_viewport_size(size)
    page.goto("/")
    page.wait_for_selector("live-stream[state=open]", state="attached")
    picture(page, name)


@pytest.mark.parametrize(
    ("name", "language", "theme", "size"),
    [
        ("conversation", "fr", "light", WIDE),
        ("conversation-dark", "en", "dark", WIDE),
        ("conversation-phone", "fr", "light", PHONE),
    ],
)
def test_conversation(page: Page, agent: User, name: str, language: str, theme: str, size: dict[str, int]) -> None:
    scenes.full_inbox(agent)
    ticket = scenes.long_conversation(agent)
    wear(agent, language, theme)
    page.set_viewport_size(size)
    page.goto(f"/tickets/{ticket.pk}/")
    page.wait_for_selector("live-stream[state=open]", state="attached")
    picture(page, name)


def test_login(page: Page, shop_floor: None) -> None:
    page.goto("/accounts/login/")
    picture(page, "login")


def test_styleguide(page: Page, agent: User) -> None:
    page.goto("/styleguide/")
    picture(page, "styleguide", full=True)
