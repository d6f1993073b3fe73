"""The ASGI entry point: Django, and the live stream beside it."""

import gc
import os

from django.core.asgi import get_asgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
django_application = get_asgi_application()

from helpdesk.live import Receive, Scope, Send, lifespan, live  # noqa: E402  (needs the settings)

# All pages are loaded before the first visitor, and what is loaded stays: to search it for garbage now and then would
# hold a page back for half a second.
get_resolver().url_patterns  # noqa: B018
gc.collect()
gc.freeze()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["path"] == "/live/":
        await live(scope, receive, send)
    else:
        await django_application(scope, receive, send)  # type: ignore[arg-type]
