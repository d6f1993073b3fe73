"""axe finds nothing serious: every page, light and dark, both languages, wide and narrow."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from accounts.models import User
from tests.browser import scenes


@pytest.fixture(autouse=True)
def inline_styles_of_axe(complaints: list[str]) -> Iterator[None]:
    """axe itself tries inline styles, which our policy blocks."""
    yield
    complaints[:] = [one for one in complaints if not one.startswith("Applying inline style")]


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:240]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_serious_finding(page: Page, agent: User, language: str, theme: str, width: int) -> None:
    scenes.full_inbox(agent)
    ticket = scenes.long_conversation(agent)
    agent.language, agent.theme = language, theme
    agent.save()
    page.set_viewport_size({"width": width, "height": 900})
    paths = ["/", "/?view=solved", f"/tickets/{ticket.pk}/", "/outbox/", "/intake/"]
    if width == 1440 and language == "en":
        paths += ["/styleguide/", "/accounts/sessions/", "/accounts/2fa/", "/accounts/password/change/"]
    for path in paths:
        page.goto(path)
        assert (path, serious(page)) == (path, [])


def test_the_menus_and_the_shortcuts(page: Page, agent: User) -> None:
    ticket = scenes.long_conversation(agent)
    page.goto(f"/tickets/{ticket.pk}/")
    for opener in ("set-state", "set-assignee", "set-tags", "me"):
        page.click(f"[popovertarget={opener}]:visible")
        assert serious(page) == []
        page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_selector("#shortcuts[open]")
    assert serious(page) == []


def test_the_login(page: Page, shop_floor: None) -> None:
    for path in ("/accounts/login/", "/accounts/password/reset/"):
        page.goto(path)
        assert serious(page) == []
