"""/settings/chat/…: an admin sets the widget up, sees it, and copies the line for the shop's pages."""

from typing import Any

import pytest
from django.test import Client

from channels_app.adapters.chat import settings
from channels_app.models import Channel
from tests import factories as make

TYPED: dict[str, Any] = {
    "name": "Chat of the shop", "origins": "https://www.maison-lune.example\n\nhttps://maison-lune.example\n",
    "ask_email": "on", "when_closed": "hide", "show": "", "hide": "/checkout*", "segments": "", "browse_after": "30",
    "bought_within": "600", "away_after": "90", "abandon_after": "240", "at_once": "3", "sneak_peek": "on",
    "secret": "sixteen letters or more",
}  # fmt: skip


@pytest.fixture
def admin(db: None) -> Client:
    client = Client()
    client.force_login(make.admin())
    return client


def test_a_chat_is_opened_and_every_setting_kept(admin: Client) -> None:
    answer = admin.post("/settings/chat/0/save/", TYPED | {"shop": make.shop().pk})
    chat = Channel.objects.get(kind="chat")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/settings/chat/{chat.pk}/")
    assert settings.read(chat) == settings.ChatSettings(
        origins=("https://www.maison-lune.example", "https://maison-lune.example"),
        ask=("email",),
        hide=("/checkout*",),
        when_closed="hide",
        browse_after=30,
        bought_within=600,
        away_after=90,
        abandon_after=240,
        at_once=3,
        sneak_peek=True,
    )
    assert chat.settings()["secret"] == "sixteen letters or more"


def test_the_page_shows_what_is_set_and_never_the_secret(admin: Client) -> None:
    admin.post("/settings/chat/0/save/", TYPED | {"shop": make.shop().pk})
    chat = Channel.objects.get(kind="chat")
    page = admin.get(f"/settings/chat/{chat.pk}/").content.decode()
    assert "https://www.maison-lune.example\nhttps://maison-lune.example</textarea>" in page
    assert "&lt;script src=&quot;http://testserver/widget/main.js&quot; async&gt;&lt;/script&gt;" in page
    assert "sixteen letters" not in page
    admin.post(f"/settings/chat/{chat.pk}/save/", TYPED | {"secret": ""})
    assert Channel.objects.get(kind="chat").settings()["secret"] == "sixteen letters or more"


def test_the_preview_shows_what_is_typed_and_keeps_nothing(admin: Client, chat: Channel) -> None:
    answer = admin.post(f"/settings/chat/{chat.pk}/preview/", TYPED)
    assert answer.status_code == 200
    assert 'name="email"' in answer.content.decode() and 'name="name"' not in answer.content.decode()
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert settings.read(Channel.objects.get(kind="chat")) == settings.read(chat)


@pytest.mark.parametrize(
    ("field", "typed"),
    [("origins", "https://shop.example/path"), ("browse_after", "-1"), ("secret", "short"), ("when_closed", "shrug")],
)
def test_what_cannot_be_names_its_field(admin: Client, chat: Channel, field: str, typed: str) -> None:
    answer = admin.post(f"/settings/chat/{chat.pk}/save/", TYPED | {field: typed})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert admin.post(f"/settings/chat/{chat.pk}/preview/", TYPED | {field: typed}).status_code == 422


def test_a_mailbox_is_no_chat(admin: Client) -> None:
    assert admin.get(f"/settings/chat/{make.channel().pk}/").status_code == 404
