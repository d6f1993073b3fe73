import base64

import pytest

from accounts.models import User
from tests import factories
from tests.caller import Caller, problems
from tickets.models import Attachment, Message

pytestmark = pytest.mark.django_db
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def test_a_reply_is_public_and_leaves(api: Caller, admin: User) -> None:
    ticket = factories.ticket()
    answer = api.post(f"/tickets/{ticket.pk}/messages/", {"text": "Nous cherchons."})
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    assert (shown["from"], shown["public"], shown["text"], shown["delivery"]) == (
        "agent", True, "Nous cherchons.", "queued",
    )  # fmt: skip
    assert shown["agent"]["id"] == admin.pk
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waiting_since) == ("open", None)


def test_a_note_stays_inside(api: Caller) -> None:
    ticket = factories.ticket()
    shown = api.post(f"/tickets/{ticket.pk}/messages/", {"html": "<p>Doux.</p>", "public": False}).json()
    assert (shown["public"], shown["text"], shown["delivery"]) == (False, "Doux.", "")
    assert Message.objects.get(pk=shown["id"]).outbound is None


def test_files_are_judged_by_their_content(api: Caller) -> None:
    ticket = factories.ticket()
    file = {"name": "../../photo.html", "content_type": "text/html", "data": base64.b64encode(PNG).decode()}
    shown = api.post(f"/tickets/{ticket.pk}/messages/", {"text": "Voici.", "attachments": [file]}).json()
    stored = Attachment.objects.get()
    assert (stored.name, stored.content_type, stored.size) == ("photo.html", "image/png", len(PNG))
    assert shown["attachments"][0]["id"] == str(stored.uuid)
    download = api.get(f"/tickets/{ticket.pk}/attachments/{stored.uuid}/")
    assert b"".join(download.streaming_content) == PNG
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert download.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({}, "text"),
        ({"text": 5}, "text"),
        ({"text": "x", "public": "no"}, "public"),
        ({"text": "x", "attachments": [{"name": "a", "data": "%%%"}]}, "attachments.0.data"),
        ({"text": "x", "attachments": {}}, "attachments"),
        ({"text": "x", "delivery": "sent"}, "delivery"),
    ],
)
def test_a_wrong_message_names_the_field(api: Caller, body: dict[str, object], attr: str) -> None:
    ticket = factories.ticket()
    answer = api.post(f"/tickets/{ticket.pk}/messages/", body)
    assert (answer.status_code, [found for _code, found in problems(answer)]) == (400, [attr])
    assert Message.objects.count() == 1


def test_a_closed_ticket_takes_no_reply(api: Caller) -> None:
    ticket = factories.ticket()
    api.patch(f"/tickets/{ticket.pk}/", {"state": "closed"})
    answer = api.post(f"/tickets/{ticket.pk}/messages/", {"text": "Trop tard"})
    assert (answer.status_code, problems(answer)) == (409, [("ticket_refuses", None)])


def test_messages_are_listed_oldest_first(api: Caller) -> None:
    ticket = factories.ticket(text="un")
    factories.message(ticket, text="deux")
    page = api.get(f"/tickets/{ticket.pk}/messages/").json()
    assert [message["text"] for message in page["results"]] == ["un", "deux"]
