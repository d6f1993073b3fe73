"""The kinds of channel there are. Adding one = a folder in adapters/ and a line here."""

from functools import cache

from django.utils.module_loading import import_string

from channels_app.base import Adapter

ADAPTERS = {
    "email": "channels_app.adapters.email.adapter.EmailAdapter",
    "chat": "channels_app.adapters.chat.adapter.ChatAdapter",
    "form": "channels_app.adapters.form.adapter.FormAdapter",
}


@cache
def adapter_for(kind: str) -> Adapter:
    """The adapter of a kind, imported on first use. KeyError when there is none."""
    adapter: Adapter = import_string(ADAPTERS[kind])()
    return adapter
