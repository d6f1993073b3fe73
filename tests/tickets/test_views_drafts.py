"""The addresses that a page calls while somebody writes."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from helpdesk.lib import presence
from tests import factories as make
from tickets import actions
from tickets.actors import Actor
from tickets.models import Draft, DraftFile, Message, Seen, SideThread

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


@pytest.fixture
def agent(client: Client):
    user = make.user(first_name="Inès", last_name="Benali")
    client.force_login(user)
    return user


def words(**fields):
    return {"kind": "reply", "text": "Bonjour", "html": "", "submission": str(uuid.uuid4())} | fields


def test_a_draft_is_kept_shown_again_and_gone_when_sent(client: Client, agent):
    ticket = make.ticket()
    form = words(text="Bonjour,\nil part", cc="a@b.example, moitié", version=0)
    assert client.post(f"/tickets/{ticket.pk}/draft/", form).json() == {"version": 1}
    assert Draft.objects.get().recipients == {"cc": ["a@b.example", "moitié"]}
    body = client.get(f"/tickets/{ticket.pk}/").content.decode()
    assert body.count("Bonjour,\nil part</textarea>") == 1
    assert body.count('value="a@b.example, moitié"') == 1
    client.post(f"/tickets/{ticket.pk}/say/", form | {"cc": "", "then": ""})
    assert Draft.objects.count() == 0
    assert client.post(f"/tickets/{ticket.pk}/draft/", form).json() == {"version": 0}  # too late
    assert Draft.objects.count() == 0


def test_the_other_tab_is_told(client: Client, agent):
    ticket = make.ticket()
    client.post(f"/tickets/{ticket.pk}/draft/", words(text="ici", version=0))
    answer = client.post(f"/tickets/{ticket.pk}/draft/", words(text="là", version=0))
    assert (answer.status_code, answer.json()) == (409, {"version": 1, "text": "ici", "html": ""})


@pytest.mark.parametrize("fields", [{"kind": "shout"}, {"version": "x"}, {"text": "x" * 100_001}, {"submission": "x"}])
def test_what_is_no_draft_is_refused(client: Client, agent, fields):
    ticket = make.ticket()
    assert client.post(f"/tickets/{ticket.pk}/draft/", words(**fields)).status_code == 422
    assert Draft.objects.count() == 0


def test_a_picture_is_one_by_its_bytes_only(client: Client, agent):
    ticket = make.ticket()
    cid = f"{uuid.uuid4()}@draft"
    for name, data in (("a.png", PNG), ("b.png", b"<script>1</script>")):
        file = SimpleUploadedFile(name, data, content_type="image/png")
        form = {"kind": "reply", "content_id": cid, "upload": file}
        assert client.post(f"/tickets/{ticket.pk}/draft/files/", form).status_code == 200
    kept = [(file.name, file.content_type, file.inline, file.content_id) for file in DraftFile.objects.all()]
    assert kept == [("a.png", "image/png", True, cid), ("b.png", "text/html", False, "")]
    shown, hidden = (f"/tickets/{ticket.pk}/draft/files/{file.uuid}/" for file in DraftFile.objects.all())
    assert client.get(shown)["Content-Type"] == "image/png"
    assert client.get(hidden)["Content-Disposition"] == 'attachment; filename="b.png"'
    stranger = Client()
    stranger.force_login(make.user(role=Role.PARTNER))
    assert stranger.get(shown).status_code == 404


def test_copies_are_checked_and_sent(client: Client, agent):
    ticket = make.ticket()
    make.message(ticket, recipients={"to": ["support@maison-lune.example", "mari@example.org"]})
    wrong = client.post(f"/tickets/{ticket.pk}/say/", words(cc="a@b.example; pas une adresse"))
    assert wrong.status_code == 422
    assert wrong.content.decode().count("“pas” is no e-mail address.") == 1
    client.post(f"/tickets/{ticket.pk}/say/", words(cc="a@b.example", bcc="c@d.example", everyone="1", seen=2**40))
    said = Message.objects.get(user=agent)
    assert (said.recipients["cc"], said.recipients["bcc"]) == (["a@b.example", "mari@example.org"], ["c@d.example"])


def test_a_partner_sends_no_copies_and_asks_nobody_aside(client: Client):
    partner = make.user(role=Role.PARTNER)
    client.force_login(partner)
    ticket = make.ticket(assignee=partner)
    client.post(f"/tickets/{ticket.pk}/say/", words(cc="a@b.example"))
    assert Message.objects.get(user=partner).recipients["cc"] == []
    form = words(to="x@y.example", subject="Hm")
    assert client.post(f"/tickets/{ticket.pk}/sides/", form).status_code == 403
    assert SideThread.objects.count() == 0


def test_a_reply_is_scheduled_and_a_bad_time_is_said(client: Client, agent):
    ticket = make.ticket()
    at = (timezone.now() + timedelta(days=2)).replace(microsecond=0)
    client.post(f"/tickets/{ticket.pk}/say/", words(leaves_at=at.isoformat()))
    assert Message.objects.get(user=agent).at == at
    for fields in ({"leaves_at": "2001-01-01T09:00"}, {"later": "1"}, {"later": "1", "leaves_then": "soon"}):
        assert client.post(f"/tickets/{ticket.pk}/say/", words(**fields)).status_code == 422
    assert Message.objects.filter(user=agent).count() == 1


def test_a_stale_reply_shows_what_is_new_and_goes_the_second_time(client: Client, agent):
    ticket = make.ticket()
    seen = ticket.messages.get().pk
    newer = make.message(ticket, text="Annulez tout !")
    held = client.post(f"/tickets/{ticket.pk}/say/", words(seen=seen, then="pending"), headers=HTMX)
    body = held.content.decode()
    assert (held.status_code, body.count("Annulez tout !"), body.count('class="held"')) == (422, 1, 1)
    assert body.count(f'name="seen" value="{newer.pk}"') == 1
    assert not Message.objects.filter(user=agent).exists()
    assert client.post(f"/tickets/{ticket.pk}/say/", words(seen=newer.pk)).status_code == 302


def test_taking_back_opens_the_draft(client: Client, agent):
    ticket = make.ticket()
    client.post(f"/tickets/{ticket.pk}/say/", words())
    said = Message.objects.get(user=agent)
    answer = client.post(f"/messages/{said.pk}/take-back/")
    assert answer["Location"] == f"/tickets/{ticket.pk}/#composer"
    assert client.get(f"/tickets/{ticket.pk}/").content.decode().count(">Bonjour</textarea>") == 1


def test_presence_costs_the_database_nothing_and_tells_others(client: Client, agent, valkey):
    ticket = make.ticket()
    sophie = make.user(first_name="Sophie", last_name="Martin")
    presence.arrive(f"ticket:{ticket.pk}", sophie.pk, presence.Doing.TYPING)
    body = client.post(f"/tickets/{ticket.pk}/here/", {"doing": "looking"}).content.decode()
    assert (body.count("Sophie is writing"), body.count("Inès")) == (1, 0)
    assert Seen.objects.count() == 0
    assert presence.here([f"ticket:{ticket.pk}"])[f"ticket:{ticket.pk}"] == {sophie.pk: "typing", agent.pk: "looking"}
    client.post(f"/tickets/{ticket.pk}/here/", {"doing": "gone", "read": "1"})
    assert list(presence.here([f"ticket:{ticket.pk}"])[f"ticket:{ticket.pk}"]) == [sophie.pk]
    assert Seen.objects.get().user == agent
    assert client.post(f"/tickets/{ticket.pk}/here/", {"doing": "dancing"}).status_code == 422


def test_a_colleagues_draft_is_shown(client: Client, agent):
    ticket = make.ticket()
    actions.save_draft(ticket, user=make.user(first_name="Sophie", last_name="M"), public=True, text="<b>Mon idée</b>")
    body = client.get(f"/tickets/{ticket.pk}/").content.decode()
    assert body.count("Sophie M has a draft") == 1
    assert body.count("&lt;b&gt;Mon idée&lt;/b&gt;") == 1


def test_a_message_is_forwarded_with_its_words_and_files(client: Client, agent):
    ticket = make.ticket(text="Je n’ai rien reçu.")
    message = ticket.messages.get()
    form = client.get(f"/tickets/{ticket.pk}/forward/{message.pk}/", headers=HTMX).content.decode()
    assert form.count("&gt; Je n’ai rien reçu.") == 1
    assert client.get(f"/tickets/{make.ticket().pk}/forward/{message.pk}/").status_code == 404
    fields = words(to="sav@colissimo.example", subject="Fwd: x", text="Où est-il ?", origin=message.pk)
    assert client.post(f"/tickets/{ticket.pk}/sides/", fields | {"to": "nobody"}).status_code == 422
    assert client.post(f"/tickets/{ticket.pk}/sides/", fields).status_code == 302
    side = SideThread.objects.get()
    assert (side.origin, side.party) == (message, "sav@colissimo.example")
    client.post(f"/sides/{side.pk}/say/", words(text="Et alors ?"))
    assert [one.text for one in side.messages.all()] == ["Où est-il ?", "Et alors ?"]
    assert client.get(f"/tickets/{ticket.pk}/").content.decode().count("sav@colissimo.example") >= 1


def test_the_key_that_forwards_takes_what_the_customer_said_not_our_automatic_letter(client: Client, agent):
    ticket = make.ticket(text="La lampe est cassée.")
    letter = Message.objects.create(
        ticket=ticket,
        author="auto",
        text="Merci de nous avoir écrit.",
        public=True,
        at=timezone.now(),
        channel_kind="email",
    )
    form = client.get(f"/tickets/{ticket.pk}/forward/{letter.pk}/", headers=HTMX).context["aside"]
    assert "> La lampe est cassée." in form["text"].value()
    assert "Merci de nous avoir" not in form["text"].value()


def test_the_middle_of_a_long_conversation_is_folded(client: Client, agent):
    ticket = make.ticket(text="The first word")
    for number in range(30):
        make.message(ticket, text=f"Message {number}.")
    actions.mark_read(ticket, user=agent)
    short = client.get(f"/tickets/{ticket.pk}/").content.decode()
    assert (short.count("24 earlier messages"), short.count("The first word</p>")) == (1, 1)
    assert (short.count(">Message 5.</p>"), short.count(">Message 29.</p>")) == (0, 1)
    whole = client.get(f"/tickets/{ticket.pk}/?all=1").content.decode()
    assert (whole.count("earlier messages"), whole.count(">Message 5.</p>")) == (0, 1)


def test_what_is_new_since_the_last_visit(client: Client, agent):
    ticket = make.ticket(at=timezone.now() - timedelta(hours=2))
    assert client.get(f"/tickets/{ticket.pk}/").content.decode().count('id="new-since"') == 0
    actions.mark_read(ticket, user=agent, at=timezone.now() - timedelta(hours=1))
    actions.reply(ticket, by=Actor.agent(agent), text="Mon propre mot.")
    assert client.get(f"/tickets/{ticket.pk}/").content.decode().count('id="new-since"') == 0
    make.message(ticket)
    assert client.get(f"/tickets/{ticket.pk}/").content.decode().count('id="new-since"') == 1


def test_remote_images_wait_for_a_click(client: Client, agent):
    ticket = make.ticket()
    message = ticket.messages.get()
    Message.objects.filter(pk=message.pk).update(html='<img alt="x" data-remote-src="https://x.example/p.gif">')
    address = f"/tickets/{ticket.pk}/messages/{message.pk}/original/"
    assert client.get(f"/tickets/{ticket.pk}/").content.decode().count(f'href="{address}?images"') == 1
    hidden, shown = client.get(address), client.get(f"{address}?images")
    assert hidden.content.decode().count(' src="https:') == 0
    assert shown.content.decode().count(' src="https://x.example/p.gif"') == 1
    assert hidden["Content-Security-Policy"].count("https:") == 0
    assert shown["Content-Security-Policy"].split("; ")[1] == "img-src https: 'self' data:"
    assert "allow-scripts" not in shown["Content-Security-Policy"]


def test_our_own_formatting_is_shown_and_cleaned_again(client: Client, agent):
    ticket = make.ticket()
    said = actions.reply(ticket, by=Actor.agent(agent), html="<p>Oui, <b>demain</b>.</p>")
    Message.objects.filter(pk=said.pk).update(html='<p>Oui <b>demain</b><img src="https://x.example/p.gif"></p>')
    body = client.get(f"/tickets/{ticket.pk}/").content.decode()
    assert (body.count("<b>demain</b>"), body.count("x.example")) == (1, 0)


def test_a_merged_ticket_is_answered_where_it_is_read(client: Client, agent):
    """An answer written here would leave the other one waiting."""
    ticket, other = make.ticket(), make.ticket()
    actions.merge(ticket, into=other, by=Actor.agent(agent))
    page = client.get(f"/tickets/{ticket.pk}/").content.decode()
    assert (page.count('name="text"'), page.count("answer there")) == (0, 1)
