"""The conversation page and everything that can be done on it."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from channels_app.base import File
from tests import factories as make
from tickets import actions
from tickets.actors import Actor
from tickets.models import Event, Message, Ticket
from tickets.views.listing import Listing

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
QUERIES = 18


@pytest.fixture
def agent(client: Client):
    user = make.user(first_name="Inès", last_name="Benali")
    client.force_login(user)
    return user


def reply_form(**fields):
    return {"kind": "reply", "text": "It leaves today.", "then": "", "submission": str(uuid.uuid4())} | fields


@pytest.mark.parametrize("messages", [1, 3, 30])
def test_the_number_of_queries_does_not_grow_with_the_thread(
    client: Client, agent, messages: int, django_assert_num_queries, settings
):
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # it writes a row with every request
    ticket = make.ticket()
    for number in range(messages):
        make.message(ticket, text=f"Message {number}", files=[File("a.txt", "text/plain", b"a")])
        actions.tag(ticket, add=[f"tag {number}"], by=Actor.agent(agent))
        make.order(ticket.customer)
        make.ticket(ticket.customer)
    with django_assert_num_queries(QUERIES):
        assert client.get(f"/tickets/{ticket.pk}/").status_code == 200


def test_a_ticket_of_another_team_is_not_there(client: Client, agent):
    ticket = make.ticket(team=make.team("secret"))
    for path in ("", "say/", "assign/", "solve/"):
        method = client.get if not path else client.post
        assert method(f"/tickets/{ticket.pk}/{path}").status_code == 404
    assert Event.objects.filter(user=agent).count() == 0


@pytest.mark.parametrize("path", ["say/", "assign/", "take/", "team/", "priority/", "tags/", "state/", "solve/"])
def test_reading_never_changes(client: Client, agent, path: str):
    ticket = make.ticket()
    assert client.get(f"/tickets/{ticket.pk}/{path}").status_code == 405
    assert Ticket.objects.get(pk=ticket.pk).version == ticket.version


def test_the_browser_is_told_to_have_the_next_ticket_at_hand(client: Client, agent):
    ticket = make.ticket(assignee=agent)
    for path in ("/", f"/tickets/{ticket.pk}/"):
        assert client.get(path)["Speculation-Rules"] == '"/static/next.speculationrules"'
    assert "Speculation-Rules" not in client.get("/", headers=HTMX).headers


def test_a_reply_is_said_and_the_page_comes_back(client: Client, agent):
    ticket = make.ticket()
    response = client.post(f"/tickets/{ticket.pk}/say/?view=mine", reply_form())
    assert response.status_code == 302
    assert response["Location"] == f"/tickets/{ticket.pk}/?view=mine#newest"
    said = ticket.messages.get(user=agent)
    assert (said.text, said.public, said.delivery) == ("It leaves today.", True, "queued")


def test_the_same_form_twice_says_it_once(client: Client, agent):
    ticket = make.ticket()
    form = reply_form()
    for _time in range(3):
        assert client.post(f"/tickets/{ticket.pk}/say/", form).status_code == 302
    assert ticket.messages.filter(user=agent).count() == 1


def test_a_note_stays_inside(client: Client, agent):
    ticket = make.ticket()
    client.post(f"/tickets/{ticket.pk}/say/", reply_form(kind="note", text="Be careful."))
    note = ticket.messages.get(user=agent)
    assert (note.public, note.delivery, note.outbound) == (False, "", None)


def test_files_go_along(client: Client, agent):
    ticket = make.ticket()
    file = SimpleUploadedFile("invoice.pdf", b"%PDF-1.7 x", content_type="application/pdf")
    client.post(f"/tickets/{ticket.pk}/say/", reply_form(uploads=[file]))
    attachment = ticket.messages.get(user=agent).attachments.get()
    assert (attachment.name, attachment.size) == ("invoice.pdf", 10)


@pytest.mark.parametrize(
    "fields", [{"text": " "}, {"kind": "shout"}, {"then": "closed"}, {"submission": "x"}, {"text": "x" * 100_001}]
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_cannot_be_said_comes_back_as_422_and_changes_nothing(client: Client, agent, fields, headers):
    ticket = make.ticket()
    response = client.post(f"/tickets/{ticket.pk}/say/", reply_form(**fields), headers=headers)
    assert response.status_code == 422
    assert response.content.decode().count("<html") == (0 if headers else 1)
    assert Ticket.objects.get(pk=ticket.pk).version == ticket.version


def test_a_closed_ticket_takes_no_reply(client: Client, agent):
    ticket = make.ticket()
    actions.close(ticket, by=Actor.agent(agent))
    assert client.post(f"/tickets/{ticket.pk}/say/", reply_form()).status_code == 422
    assert ticket.messages.filter(user=agent).count() == 0


def test_htmx_gets_the_fresh_thread_and_a_new_form(client: Client, agent):
    ticket = make.ticket()
    form = reply_form()
    body = client.post(f"/tickets/{ticket.pk}/say/", form, headers=HTMX).content.decode()
    assert body.count('<hx-partial hx-target="#thread"') == body.count('<hx-partial hx-target="#head"') == 1
    assert body.count("It leaves today.") == 1
    assert body.count('name="submission"') == 1
    assert body.count(form["submission"]) == 0


def test_send_and_solve_goes_on_to_the_next(client: Client, agent):
    first, second = make.ticket(), make.ticket()
    now = timezone.now()
    Ticket.objects.filter(pk=first.pk).update(due_at=now + timedelta(minutes=1))
    response = client.post(f"/tickets/{first.pk}/say/?view=open", reply_form(then="solved"))
    assert response["Location"] == f"/tickets/{second.pk}/?view=open"
    response = client.post(f"/tickets/{second.pk}/solve/?view=open", headers=HTMX)
    assert (response.status_code, response["HX-Redirect"]) == (204, "/?view=open")
    assert set(Ticket.objects.values_list("state", flat=True)) == {"solved"}


def test_work_on_a_ticket(client: Client, agent):
    team = make.team("care", agent)
    ticket = make.ticket()

    def post(path: str, **fields: object) -> None:
        assert client.post(f"/tickets/{ticket.pk}/{path}/", fields).status_code == 302

    post("take")
    post("team", to=team.pk)
    post("priority", to=4)
    post("tags", add="fragile")
    post("tags", add="vip")
    post("tags", remove="Fragile")
    post("state", to="on_hold")
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.team, ticket.priority, ticket.tags, ticket.state) == (
        agent,
        team,
        4,
        ["vip"],
        "on_hold",
    )
    post("assign", to="")
    ticket.refresh_from_db()
    assert ticket.assignee is None


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("assign", {"to": "999999"}),
        ("team", {"to": "x"}),
        ("priority", {"to": "9"}),
        ("state", {"to": "new"}),
        ("state", {"to": "burnt"}),
    ],
)
def test_an_impossible_choice_is_said_and_changes_nothing(client: Client, agent, path: str, fields: dict[str, str]):
    ticket = make.ticket()
    actions.reopen(ticket, by=Actor.agent(agent))
    version = Ticket.objects.get(pk=ticket.pk).version
    body = client.post(f"/tickets/{ticket.pk}/{path}/", fields, headers=HTMX).content.decode()
    assert body.count("toast--bad") == 1
    assert Ticket.objects.get(pk=ticket.pk).version == version


def test_the_original_is_framed_without_rights(client: Client, agent):
    ticket = make.ticket()
    message = ticket.messages.get()
    Message.objects.filter(pk=message.pk).update(html='<p>Hi</p><img data-remote-src="https://x.example/p.gif">')
    response = client.get(f"/tickets/{ticket.pk}/messages/{message.pk}/original/")
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; sandbox ")
    assert "allow-scripts" not in policy
    assert "X-Frame-Options" not in response
    assert client.get(f"/tickets/{ticket.pk + 1}/messages/{message.pk}/original/").status_code == 404


def test_an_attachment_is_a_download_whatever_it_says_it_is(client: Client, agent):
    ticket = make.ticket()
    message = make.message(ticket, files=[File("run.html", "text/html", b"<script>1</script>")])
    attachment = message.attachments.get()
    for query in ("", "?show"):
        response = client.get(f"/tickets/{ticket.pk}/files/{attachment.uuid}/{query}")
        assert response["Content-Type"] == "application/octet-stream"
        assert response["Content-Disposition"] == 'attachment; filename="run.html"'
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
        assert b"".join(response) == b"<script>1</script>"
    stranger = Client()
    stranger.force_login(make.user(role=Role.PARTNER))
    assert stranger.get(f"/tickets/{ticket.pk}/files/{attachment.uuid}/").status_code == 404


def test_foreign_words_are_escaped_everywhere(client: Client, agent):
    evil = '<img src=x onerror="alert(1)">'
    ticket = make.ticket(make.customer(name=evil), subject=evil, text=evil)
    actions.tag(ticket, add=[evil], by=Actor.agent(agent))
    actions.rename(ticket, to=evil + "2", by=Actor.agent(agent))
    for path in ("/", f"/tickets/{ticket.pk}/"):
        assert client.get(path).content.decode().count("<img") == 0


def test_preferences_come_one_by_one(client: Client, agent):
    response = client.post("/me/", {"theme": "dark", "back": "/?view=mine"})
    assert response["Location"] == "/?view=mine"
    client.post("/me/", {"language": "fr", "back": "https://evil.example/"})
    client.post("/me/", {"density": "enormous"})
    agent.refresh_from_db()
    assert (agent.theme, agent.language, agent.density, agent.single_keys) == ("dark", "fr", "normal", True)


def test_going_back_elsewhere_is_refused(client: Client, agent):
    assert client.post("/me/", {"theme": "", "back": "//evil.example/"})["Location"] == "/"


def test_the_list_beside_comes_alone_and_steps_move_only_while_the_ticket_is_in_it(client: Client, agent):
    here, other = make.ticket(assignee=agent), make.ticket(subject="Other", assignee=agent)
    body = client.get(f"/tickets/{here.pk}/?view=mine&beside", headers=HTMX).content.decode()
    assert (body.count("data-row"), body.count("<html"), body.count('hx-target="#steps"')) == (2, 0, 1)
    assert f"/tickets/{other.pk}/?view=mine" in body
    actions.solve(here, by=Actor.agent(agent))
    body = client.get(f"/tickets/{here.pk}/?view=mine&beside", headers=HTMX).content.decode()
    assert (body.count("data-row"), body.count('hx-target="#steps"')) == (1, 0)


@pytest.mark.parametrize(("enabled", "said"), [(True, 0), (False, 1)])
@pytest.mark.parametrize("kind", ["email", "form"])
def test_the_composer_says_when_no_mailbox_can_send(client: Client, agent, kind: str, enabled: bool, said: int):
    ticket = make.ticket()
    Ticket.objects.filter(pk=ticket.pk).update(channel_kind=kind)
    ticket.channel.enabled = enabled
    ticket.channel.save()
    page = client.get(f"/tickets/{ticket.pk}/").content.decode()
    assert page.count("No mailbox to send from: a reply cannot leave") == said


@pytest.mark.parametrize("order", ["due", "newest", "oldest", "updated"])
def test_the_next_one_is_next_however_far_down_the_list(client: Client, agent, monkeypatch, order: str):
    """The list beside a ticket is short: of one further down it begins with that ticket."""
    monkeypatch.setattr("tickets.views.conversation.LIST_SIZE", 2)
    for _number in range(6):
        make.ticket(assignee=agent)
    listed = [row.number for row in Listing(user=agent, key="mine", order=order).rows]
    for place, number in enumerate(listed):
        page = client.get(f"/tickets/{number}/?view=mine&order={order}").content.decode()
        (following,) = re.findall(r'href="/tickets/(\d+)/[^"]*"[^>]*data-key="j"', page) or [""]
        assert following == str(listed[place + 1] if place < 5 else "")
