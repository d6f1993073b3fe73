import pytest

from accounts.models import User
from tests import factories
from tests.caller import Caller, problems
from tickets import actions
from tickets.models import Draft

pytestmark = pytest.mark.django_db


def test_a_draft_is_written_read_and_forgotten(api: Caller, admin: User) -> None:
    ticket = factories.ticket()
    made = api.post(f"/tickets/{ticket.pk}/drafts/", {"html": "<p>Bonjour <b>vous</b></p>"})
    assert made.status_code == 201, made.content
    shown = made.json()
    assert (shown["text"], shown["public"], shown["version"]) == ("Bonjour vous", True, 1)
    assert shown["agent"]["id"] == admin.pk
    assert api.get(f"/tickets/{ticket.pk}/drafts/").json()["results"] == [shown]
    assert api.delete(f"/tickets/{ticket.pk}/drafts/reply/").status_code == 204
    assert Draft.objects.count() == 0


def test_a_change_elsewhere_is_a_conflict(api: Caller) -> None:
    ticket = factories.ticket()
    for text in ("a", "b"):
        api.post(f"/tickets/{ticket.pk}/drafts/", {"text": text})
    late = api.post(f"/tickets/{ticket.pk}/drafts/", {"text": "c", "version": 1})
    assert (late.status_code, problems(late)) == (409, [("stale_version", "version")])
    assert Draft.objects.get().text == "b"


def test_nobody_forgets_the_draft_of_another(api: Caller) -> None:
    ticket = factories.ticket()
    actions.save_draft(ticket, user=factories.user(), public=True, text="x")
    assert api.delete(f"/tickets/{ticket.pk}/drafts/reply/").status_code == 204
    assert api.delete(f"/tickets/{ticket.pk}/drafts/all/").status_code == 404
    assert problems(api.post(f"/tickets/{ticket.pk}/drafts/", {"text": " "})) == [("required", "text")]
    assert Draft.objects.count() == 1
