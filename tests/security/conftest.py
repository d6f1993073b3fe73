from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import BrowserContext, Route

from tests.browser.conftest import (  # noqa: F401 (fixtures)
    agent,
    browser_context_args,
    browser_type_launch_args,
    complaints,
    desk,
    shop_floor,
)

TELL_OF_ALERTS = """
    for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => window.tell(window.name);
"""


@pytest.fixture
def catcher(settings: LazySettings) -> Iterator[Any]:
    """A catching SMTP server that EMAIL_URL points at (tests.mailroom.Catcher)."""
    from tests import mailroom  # models cannot be imported while pytest collects its plugins

    with mailroom.catcher(settings) as server:
        yield server


@pytest.fixture
def ran(context: BrowserContext) -> list[str]:
    """The names of the windows in which a stranger's script ran: each alert of each frame."""
    told: list[str] = []
    context.expose_binding("tell", lambda source, name: told.append(name))
    context.add_init_script(TELL_OF_ALERTS)
    context.on("dialog", lambda dialog: (told.append(dialog.type), dialog.dismiss()))
    return told


@pytest.fixture
def outside(context: BrowserContext, desk: str) -> list[str]:  # noqa: F811
    """The addresses beyond our host that the browser asked for; it gets none of them."""
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    context.route(lambda url: url.startswith(("http:", "https:")) and not url.startswith(desk + "/"), refuse)
    return asked
