"""The ASGI entry point: Django, and the live stream beside it."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
django_application = get_asgi_application()

from helpdesk.live import Receive, Scope, Send, lifespan, live  # noqa: E402  (needs the settings)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["path"] == "/live/":
        await live(scope, receive, send)
    else:
        await django_application(scope, receive, send)  # type: ignore[arg-type]
