"""axe finds nothing serious and nothing sticks out: every page, light and dark, both languages, wide and narrow."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page

from accounts.models import User
from tests.access.routes import routes
from tests.access.world import Actor, World, build
from tests.browser import scenes
from tickets import actions

# What is wider than its room and cannot be pushed aside on purpose, as a table can.
STICKS_OUT = """
    [document.documentElement, ...document.querySelectorAll("main, .pane, .scroll, dialog[open]")]
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && !one.matches(".table__scroll"))
        .map((one) => `${one.tagName}.${one.className} ${one.scrollWidth} > ${one.clientWidth}`)
"""


@pytest.fixture(autouse=True)
def inline_styles_of_axe(complaints: list[str]) -> Iterator[None]:
    """axe itself tries inline styles, which our policy blocks, and scripts in our sandboxed frames."""
    yield
    noise = ("Applying inline style", "Blocked script execution")
    complaints[:] = [one for one in complaints if not one.startswith(noise)]


# What another width, theme or language can change on a page whose markup was looked at before.
LOOKS = {"runOnly": ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]}


def serious(page: Page, options: dict[str, object] | None = None) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"], **(options or {})}).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:240]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize(
    ("width", "theme", "language"),
    [(1440, "light", "en"), (1440, "dark", "fr"), (390, "light", "fr"), (390, "dark", "en")],
)
def test_no_serious_finding(page: Page, agent: User, width: int, theme: str, language: str) -> None:
    scenes.full_inbox(agent)
    ticket = scenes.long_conversation(agent)
    actions.save_draft(ticket, user=agent, public=True, text="Bonjour,")  # the composer of a phone stands open
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


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("width", "language", "theme", "rules"), [(1440, "en", "light", {}), (390, "fr", "dark", LOOKS)]
)
def test_every_page_of_the_resolver(
    page: Page,
    context: BrowserContext,
    shop_floor: None,
    desk: str,
    width: int,
    language: str,
    theme: str,
    rules: dict[str, object],
) -> None:
    cache.clear()
    world = build()
    admin = next(actor for actor in world.actors if actor.name == "admin")
    User.objects.filter(pk=admin.user.pk).update(language=language, theme=theme)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": admin.cookie, "url": desk}])
    page.set_viewport_size({"width": width, "height": 900})
    found = {}
    for path in pages_of(world, admin):
        page.goto(path)
        if wrong := [*serious(page, rules), *page.evaluate(STICKS_OUT)]:
            found[path] = wrong
    assert found == {}


def pages_of(world: World, reader: Actor) -> list[str]:
    """The addresses of all pages that this one may read, each with an object of the first team. The figures need data
    to be seen: test_figures.py looks at them."""
    side = next(iter(world.sides.values()))
    addresses = [world.address(route, side) for route in routes() if "GET" in route.methods() and not route.is_api]
    return [one for one in addresses if not one.startswith("/figures/") and is_page(reader, one)]


def is_page(reader: Actor, address: str) -> bool:
    """Whether a whole page of ours answers; a customer's own HTML stands in a sandbox, where axe may not run."""
    answer = reader.session.get(address, headers={"Accept-Language": "en"})
    ours = "sandbox" not in answer.headers.get("Content-Security-Policy", "")
    return answer.status_code == 200 and ours and not answer.streaming and b"<html" in answer.content
