"""A complaint's case in the desk, the customer's own page, and the reminders between them (S111-S116)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from tests import factories as make
from tickets import actions, complaints, costs, macros
from tickets.actors import Actor
from tickets.models import Complaint, Macro, Message, Ticket

pytestmark = pytest.mark.django_db
Stage, Phase = Complaint.Stage, Complaint.Phase


@pytest.fixture
def agent():
    return make.user(language="en")


@pytest.fixture
def desk(agent):
    client = Client()
    client.force_login(agent)
    return client


@pytest.fixture
def complaint(agent):
    ticket = make.ticket(text="C'est inadmissible !", subject="Vase cassé", language="fr")
    return actions.open_complaint(ticket, by=Actor.agent(agent), requested_outcome="Un remboursement")


@pytest.fixture
def solved(complaint, agent):
    """Measures announced and told, a solution given: now the customer can be asked."""
    by = Actor.agent(agent)
    due = timezone.now() + timedelta(days=2)
    actions.announce_measures(complaint, measures="Nouvel envoi", solution_due_at=due, by=by)
    actions.reply(complaint.ticket, by=by, text="Je vous renvoie le vase demain.")
    return actions.advance(complaint, to=Stage.SOLVE, by=by, given_outcome="Nouveau vase")


@pytest.fixture
def asked(solved, agent):
    complaints.ask(solved, by=Actor.agent(agent), text="Tout est réglé ?")
    return Complaint.objects.get(pk=solved.pk)


def case(complaint: Complaint, step: str = "") -> str:
    return f"/tickets/{complaint.ticket_id}/complaint/{step}"


def path_of(complaint: Complaint) -> str:
    return complaints.link(complaint).removeprefix("http://localhost:8000")


def fresh(complaint: Complaint) -> Complaint:
    return Complaint.objects.get(pk=complaint.pk)


# --- the case in the desk --------------------------------------------------------------------------------------------


def test_a_case_from_opening_to_the_register(desk, agent):
    ticket = make.ticket(subject="Vase cassé")
    root = f"/tickets/{ticket.pk}"
    desk.post(f"{root}/complaint/open/", {"requested_outcome": "Un remboursement"})
    desk.post(f"{root}/complaint/phase/", {"to": "calm"})
    due = timezone.localtime(timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    desk.post(f"{root}/complaint/announce/", {"measures": "Nouvel envoi", "solution_due_at": due})
    actions.reply(ticket, by=Actor.agent(agent), text="Je vous renvoie le vase demain.")
    desk.post(f"{root}/complaint/advance/", {"to": "4", "given_outcome": "Nouveau vase"})
    desk.post(f"{root}/complaint/ask/", {"text": "Tout est réglé ?"})
    desk.post(f"{root}/complaint/confirm/", {"note": "Oui, dit au téléphone."})
    desk.post(f"{root}/complaint/learn/", {"cause": "Emballage", "justified": "yes", "our_fault": "no"})
    one = Complaint.objects.get(ticket=ticket)
    assert (one.stage, one.phase, one.outcome, one.cause, one.justified, one.our_fault) == (
        *(Stage.CLOSE, "calm", "confirmed", "Emballage", True, False),
    )
    html = desk.get("/complaints/?standing=confirmed&justified=yes").content.decode()
    assert ("Vase cassé" in html, "Emballage" in html) == (True, True)


def test_what_is_refused_stands_beside_its_field_and_nothing_typed_is_lost(desk, complaint):
    answer = desk.post(case(complaint, "announce/"), {"measures": "Un geste", "solution_due_at": "2020-01-01T10:00"})
    html = answer.content.decode()
    assert (answer.status_code, "The latest date must lie ahead." in html, "Un geste" in html) == (422, True, True)
    assert fresh(complaint).measures == ""
    early = desk.post(case(complaint, "advance/"), {"to": "4"})
    assert (early.status_code, fresh(complaint).stage) == (422, Stage.LISTEN)


def test_with_htmx_the_panel_alone_comes_back(desk, complaint):
    answer = desk.post(case(complaint, "phase/"), {"to": "peak"}, headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert (answer.status_code, html.count('id="complaint"'), "<html" in html) == (200, 1, False)


def test_a_closed_form_is_fetched_when_it_is_opened(desk, complaint):
    panel = desk.get(f"/tickets/{complaint.ticket_id}/").content.decode()
    assert ('name="measures"' in panel, 'name="cause"' in panel) == (True, False)  # what the case waits for is there
    alone = desk.get(case(complaint, "form/learn/"), headers={"HX-Request": "true"}).content.decode()
    page = desk.get(case(complaint, "form/learn/")).content.decode()
    assert [('name="cause"' in html, "<html" in html) for html in (alone, page)] == [(True, False), (True, True)]


def test_a_form_that_the_case_has_not_or_not_yet_is_not_found(desk, complaint):
    assert [desk.get(case(complaint, f"form/{part}/")).status_code for part in ("ask", "open", "other")] == [404] * 3


def test_confirmed_only_with_evidence(desk, solved):
    answer = desk.post(case(solved, "confirm/"), {})
    assert (answer.status_code, fresh(solved).outcome) == (422, "")
    message = solved.ticket.messages.filter(author="customer").get()
    desk.post(case(solved, "confirm/"), {"evidence": message.pk})
    assert (fresh(solved).outcome, fresh(solved).evidence) == ("confirmed", message)


def test_beyond_the_limit_a_lead_approves(desk, complaint):
    number = complaint.ticket_id
    desk.post(f"/tickets/{number}/compensate/", {"kind": "voucher", "amount": "50", "cause": "Retard"})
    given = complaint.ticket.compensations.get()
    assert given.approved_at is None
    lead = Client()
    lead.force_login(make.user(role=Role.LEAD))
    lead.post(f"/tickets/{number}/compensate/{given.pk}/approve/")
    given.refresh_from_db()
    assert given.approved_at is not None


@pytest.mark.parametrize("phase", ["rising", "peak"])
def test_macros_that_argue_are_locked_while_anger_rises(agent, complaint, phase):
    macro = Macro.objects.create(key="cgv", name="CGV", texts={"fr": {"text": "Selon nos conditions…"}}, argues=True)
    actions.set_phase(complaint, to=Phase(phase), by=Actor.agent(agent))
    assert macros.prepare(macro, complaint.ticket, user=agent).refused != ""
    actions.set_phase(complaint, to=Phase.FALLING, by=Actor.agent(agent))
    assert macros.prepare(macro, complaint.ticket, user=agent).refused == ""


# --- the register ----------------------------------------------------------------------------------------------------


def test_the_same_number_of_queries_for_1_3_and_30_rows(desk, agent):
    counts = []
    for rows in (1, 3, 30):
        while Complaint.objects.count() < rows:
            actions.open_complaint(make.ticket(), by=Actor.agent(agent))
        desk.get("/complaints/")
        with CaptureQueriesContext(connection) as captured:
            assert desk.get("/complaints/").status_code == 200
        counts.append(len(captured))
    assert counts == [counts[0]] * 3


def test_the_spreadsheet_runs_no_formula(desk, complaint, agent):
    actions.learn_from(complaint, cause="=1+1", justified=False, our_fault=None, place="", prevention="Mieux emballer")
    answer = desk.get("/complaints.csv")
    line = b"".join(answer.streaming_content).decode().splitlines()[1]
    assert line.endswith("'=1+1,no,,,Mieux emballer")


# --- the customer's page ---------------------------------------------------------------------------------------------


def test_asking_sends_the_link_and_waits(asked):
    said = Message.objects.filter(ticket=asked.ticket, author="agent").latest("pk")
    ticket = Ticket.objects.get(pk=asked.ticket_id)
    assert ("/confirm/" in said.text, ticket.state, asked.stage, asked.reminders) == (True, "pending", Stage.THANK, 0)


def test_looking_records_nothing_and_yes_closes(asked):
    shopper, path = Client(), path_of(asked)
    seen = shopper.get(path)
    assert (seen.status_code, seen.headers["Referrer-Policy"], fresh(asked).outcome) == (200, "no-referrer", "")
    for _ in range(2):
        assert shopper.post(path, {"solved": "yes"}).status_code == 302
    assert fresh(asked).outcome == "confirmed"
    assert asked.ticket.events.filter(kind="confirmed").count() == 1


def test_no_opens_the_ticket_again_with_their_words(asked):
    for _ in range(2):
        Client().post(path_of(asked), {"solved": "no", "words": "Il manque encore le socle."})
    ticket = Ticket.objects.get(pk=asked.ticket_id)
    said = list(ticket.messages.filter(author="customer").order_by("pk").values_list("text", flat=True))
    assert (ticket.state, said[1:]) == ("open", ["Il manque encore le socle."])
    assert (fresh(asked).stage, fresh(asked).outcome, fresh(asked).asked_at) == (Stage.ANNOUNCE, "", None)


def test_a_foreign_or_old_link_does_nothing(asked, monkeypatch):
    assert Client().post("/confirm/1.abc.def/", {"solved": "yes"}).status_code == 404
    other = signing.TimestampSigner(sep=".", salt="surveys.signature").sign(str(asked.pk))
    assert Client().post(f"/confirm/{other}/", {"solved": "yes"}).status_code == 404
    monkeypatch.setattr(complaints, "VALID", timedelta(seconds=-1))
    assert Client().post(path_of(asked), {"solved": "yes"}).status_code == 410
    assert fresh(asked).outcome == ""


# --- the reminders ---------------------------------------------------------------------------------------------------


def later(days: float):
    return timezone.now() + timedelta(days=days)


def automatic(complaint: Complaint) -> int:
    return complaint.ticket.messages.filter(author="auto").count()


def test_two_reminders_then_closed_unconfirmed_each_once(asked):
    seen = []
    for days in (2.9, 3.1, 3.2, 6.2, 6.3, 9.3, 9.4, 20):
        complaints.sweep(later(days))
        seen.append((automatic(asked), fresh(asked).outcome))
    assert seen == [(0, ""), (1, ""), (1, ""), (2, ""), (2, ""), *[(2, "unconfirmed")] * 3]


def test_who_wrote_is_not_reminded_and_a_late_yes_still_counts(asked):
    complaints.sweep(later(3.1))
    make.message(asked.ticket, text="Je vérifie et vous réponds.", at=later(0))
    Message.objects.filter(ticket=asked.ticket, author="customer").update(at=later(4))
    assert (complaints.sweep(later(9)), automatic(asked)) == (0, 1)
    Client().post(path_of(asked), {"solved": "yes"})
    assert fresh(asked).outcome == "confirmed"


def test_a_robot_is_never_reminded(asked):
    Message.objects.filter(ticket=asked.ticket, author="customer").update(automatic=True)
    assert (complaints.sweep(later(4)), automatic(asked), fresh(asked).outcome) == (0, 0, "")


def test_what_faults_cost_is_summed_by_cause_for_managers(desk, agent):
    """Written alike but for capitals is one cause; what nobody has approved yet has cost nothing."""
    by = Actor.agent(make.user(role=Role.MANAGER))
    for amount, cause in ((10, "Broken glass"), (5, "broken glass "), (20, "Late"), (400, "Late"), (7, "")):
        actions.compensate(make.ticket(), kind="refund", amount=Decimal(amount), currency="EUR", cause=cause, by=by)
    actions.compensate(
        make.ticket(), kind="refund", amount=Decimal(90), currency="EUR", cause="Late", by=Actor.agent(agent)
    )
    now = timezone.now()
    found = costs.by_cause(now - timedelta(days=1), now + timedelta(minutes=1))
    assert [(one.cause, one.amount, one.times) for one in found] == [
        ("late", 420, 2),
        ("broken glass", 15, 2),
        ("", 7, 1),
    ]
    assert 'id="costs"' not in desk.get("/complaints/").content.decode()
    desk.force_login(by.user)
    assert "€420.00" in desk.get("/complaints/").content.decode()
