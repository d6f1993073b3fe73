"""What a ticket's line becomes: the same rows that live actions write, and nothing wakes."""

import pytest
from django.core import mail
from django.db import connection

from channels_app.models import OutboundMessage
from surveys.models import Survey
from tests import factories
from tests.metrics.archive.conftest import counts
from tickets import actions
from tickets.actors import Actor
from tickets.models import Deadline, Event, Message, Notification, Promise, RuleRun, Ticket
from tickets.views.thread import thread_of

pytestmark = pytest.mark.django_db
SHOP = {"type": "shop", "key": "main", "name": "Maison Lune", "timezone": "Europe/Paris", "languages": ["fr", "en"]}
AGENTS = [
    {"type": "agent", "key": "a1", "name": "Michèle Durand", "email": "michele@example.com", "team": "care"},
    {"type": "agent", "key": "a2", "name": "Zoé", "email": "zoe@example.com", "team": "orders"},
]
CUSTOMER = {"type": "customer", "key": "c1", "emails": ["j@example.com"], "created_at": "2026-01-02T10:00:00+01:00"}
HOUSE = [SHOP, *AGENTS, CUSTOMER]
FRIEND = "agent:a1"


def at(minute, second=0):
    return f"2026-03-02T10:{minute:02}:{second:02}+01:00"


def ticket(*, messages=(), events=(), **fields):
    line = {"type": "ticket", "key": "k1", "shop": "main", "channel": "email", "customer": "c1", "opened_at": at(0)}
    return line | {"messages": list(messages), "events": list(events)} | fields


def asks(minute=0, key="m1", **fields):
    return {"key": key, "at": at(minute), "from": "customer", "text": "Bonjour"} | fields


def answers(minute, key="m2", **fields):
    return {"key": key, "at": at(minute), "from": "agent", "agent": "a1", "text": "Voilà", "delivery": "sent"} | fields


def moves(minute, to, by=FRIEND):
    return {"at": at(minute), "kind": "state", "to": to, "by": by}


def loaded(archive, **fields):
    archive.load([*HOUSE, ticket(**fields)])
    return Ticket.objects.get(key="k1")


def timeline(of):
    rows = of.events.order_by("at", "pk").select_related("user", "message")
    return [
        (
            one.kind,
            f"{one.at:%M}",
            one.user.key if one.user else one.actor,
            one.message.key if one.message else one.data,
        )
        for one in rows
    ]


def test_a_conversation_reads_like_a_live_one(archive):
    made = loaded(archive, messages=[asks(), answers(5)], events=[moves(5, "open"), moves(9, "solved")])

    assert timeline(made) == [
        ("opened", "00", "customer", {"follows": None}),
        ("message", "00", "customer", "m1"),
        ("message", "05", "a1", "m2"),
        ("state", "05", "a1", {"old": "new", "to": "open"}),
        ("state", "09", "a1", {"old": "open", "to": "solved"}),
    ]
    assert (made.state, f"{made.solved_at:%M}", made.closed_at, made.snippet) == ("solved", "09", None, "Voilà")
    assert [f"{one.at:%H:%M}" for one in made.messages.all()] == [
        f"{one.stored_at:%H:%M}" for one in made.messages.all()
    ]
    assert [entry.kind for entry in thread_of(made, made.solved_at, contact=True)] == [
        "day",
        "message",
        "message",
        "event",
        "event",
    ]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ([], "new"),
        ([asks()], "new"),
        ([asks(), answers(5)], "open"),
        ([asks(), answers(5, public=False)], "new"),
        ([asks(), {"key": "m2", "at": at(1), "from": "auto", "text": "Bien reçu"}], "new"),
    ],
)
def test_a_ticket_that_tells_no_state_is_open_from_the_first_answer_of_a_person(archive, said, state):
    assert loaded(archive, messages=said).state == state


@pytest.mark.parametrize(
    ("steps", "state", "solved", "closed"),
    [
        (["solved"], "solved", "01", None),
        (["solved", "closed"], "closed", "01", "02"),
        (["closed"], "closed", None, "01"),
        (["open", "closed"], "closed", None, "02"),
        (["solved", "open"], "open", None, None),
        (["solved", "open", "solved"], "solved", "03", None),
        (["closed", "open"], "open", None, None),
        (["pending", "on_hold"], "on_hold", None, None),
        (["solved", "solved"], "solved", "01", None),
    ],
)
def test_the_state_is_the_replay_of_the_events(archive, steps, state, solved, closed):
    made = loaded(archive, messages=[asks()], events=[moves(n, to) for n, to in enumerate(steps, 1)])
    assert made.state == state
    assert (made.solved_at and f"{made.solved_at:%M}", made.closed_at and f"{made.closed_at:%M}") == (solved, closed)


def test_every_kind_of_event(archive):
    later = "2099-01-01T10:00:00+01:00"
    events = [
        {"kind": "assigned", "to": "a1", "by": "rule:dispatch"},
        {"kind": "assigned", "to": "a2"},
        {"kind": "team", "to": "orders", "by": FRIEND},
        {"kind": "priority", "to": "urgent", "by": FRIEND},
        {"kind": "escalated", "by": "system"},
        {"kind": "snoozed", "by": FRIEND, "until": later},
        {"kind": "abandoned", "by": "customer"},
        {"kind": "confirmed"},
        {"kind": "answered", "by": FRIEND},
        {"kind": "spam", "by": FRIEND},
        {"kind": "unspam", "by": FRIEND},
        {"kind": "deleted", "by": FRIEND},
        {"kind": "restored", "by": FRIEND},
    ]
    made = loaded(archive, events=[{"at": at(n)} | one for n, one in enumerate(events, 1)])

    care, orders = (made.team.__class__.objects.get(key=key) for key in ("care", "orders"))
    one, two = (made.assignee.__class__.objects.get(key=key) for key in ("a1", "a2"))
    assert timeline(made)[1:] == [
        (
            "assigned",
            "01",
            "rule",
            {"old": None, "to": one.pk, "name": "Michèle Durand", "rule": "dispatch"},
        ),
        ("assigned", "02", "system", {"old": one.pk, "to": two.pk, "name": "Zoé —"}),
        ("team", "03", "a1", {"old": None, "to": orders.pk, "name": "orders"}),
        ("priority", "04", "a1", {"old": "normal", "to": "urgent"}),
        ("escalated", "05", "system", {}),
        ("snoozed", "06", "a1", {"until": "2099-01-01T09:00:00+00:00"}),
        ("abandoned", "07", "customer", {}),
        ("confirmed", "08", "customer", {}),
        ("answered", "09", "a1", {}),
        ("state", "09", "a1", {"old": "new", "to": "open"}),
        ("spam", "10", "a1", {}),
        ("unspam", "11", "a1", {}),
        ("deleted", "12", "a1", {}),
        ("restored", "13", "a1", {}),
    ]
    assert (made.assignee, made.team, made.priority, made.spam, made.deleted_at) == (two, orders, 4, False, None)
    assert f"{made.assigned_at:%M} {made.snoozed_until:%Y}" == "02 2099"
    assert list(care.members.values_list("key", flat=True)) == ["a1"]


def test_spam_and_the_bin_stay_without_their_undoing(archive):
    made = loaded(archive, events=[{"at": at(1), "kind": "spam"}, {"at": at(2), "kind": "deleted"}])
    assert (made.spam, f"{made.deleted_at:%M}", made.is_live) == (True, "02", False)


def test_entries_of_one_instant_keep_the_order_of_the_file(archive):
    made = loaded(
        archive,
        messages=[asks(key="b"), asks(key="a"), answers(0, key="c")],
        events=[moves(0, "open"), moves(0, "solved"), moves(0, "open"), {"at": at(0), "kind": "spam"}],
    )
    assert [message.key for message in made.messages.all()] == ["b", "a", "c"]
    assert [(kind, what if kind == "message" else what.get("to")) for kind, _at, _who, what in timeline(made)[1:]] == [
        ("message", "b"),
        ("message", "a"),
        ("message", "c"),
        ("state", "open"),
        ("state", "solved"),
        ("state", "open"),
        ("spam", None),
    ]


def test_an_event_can_stand_before_a_message_of_its_instant(archive):
    made = loaded(archive, messages=[asks(), answers(5)], events=[moves(5, "open") | {"before": "m2"}])
    assert [kind for kind, *_rest in timeline(made)] == ["opened", "message", "state", "message"]


def test_a_reply_that_never_arrived(archive):
    made = loaded(archive, messages=[asks(), answers(5, delivery="failed")], events=[moves(5, "open")])
    assert timeline(made)[3][:2] == ("delivery_failed", "05")
    assert made.waiting_since == made.opened_at


def test_references_may_point_forward(archive):
    into = ticket(key="k0", messages=[asks()])
    line = ticket(
        messages=[asks()],
        events=[{"at": at(3), "kind": "merged", "into": "k0", "by": FRIEND}],
        reason="late",
        orders=["o1"],
    )
    order = {"type": "order", "key": "o1", "shop": "main", "customer": "c1", "number": "1", "placed_at": at(0)}
    reason = {"type": "reason", "key": "late", "what": "Livraison", "why": "Retard"}
    archive.load([line, into, order | {"total": "9.90"}, reason, *reversed(HOUSE)])

    source, target = Ticket.objects.order_by("-key")
    assert (source.key, source.merged_into, source.reason.why) == ("k1", target, "Retard")
    assert list(source.orders.values_list("number", flat=True)) == ["1"]
    assert timeline(source)[-1] == ("merged", "03", "a1", {"into": target.pk})
    assert timeline(target)[-1] == ("merged", "03", "a1", {"source": source.pk})
    assert (source.waiting_since, target.waiting_since) == (None, target.opened_at)


def test_a_merge_that_was_undone(archive):
    gone = [{"at": at(3), "kind": "merged", "into": "k0"}, {"at": at(4), "kind": "unmerged", "by": FRIEND}]
    archive.load([*HOUSE, ticket(key="k0"), ticket(events=gone)])
    source, target = Ticket.objects.order_by("-key")
    assert source.merged_into is None
    assert [row[0] for row in timeline(source)] == ["opened", "merged", "unmerged"]
    assert timeline(source)[-1][-1] == {"out_of": target.pk}
    assert timeline(target)[1:] == [
        ("merged", "03", "system", {"source": source.pk}),
        ("unmerged", "04", "a1", {"source": source.pk}),
    ]


def test_a_merge_into_a_ticket_that_comes_with_a_later_file(archive):
    line = ticket(events=[{"at": at(3), "kind": "merged", "into": "k0"}])
    code, _out, err = archive.run([*HOUSE, line])
    assert (code, err.splitlines()[0]) == (1, "line 5: events: merged into the unknown ticket 'k0'")
    assert Ticket.objects.get().merged_into is None

    archive.load([ticket(key="k0")])

    assert Ticket.objects.get(key="k1").merged_into == Ticket.objects.get(key="k0")


def test_merges_in_a_circle_are_told_and_one_of_them_is_left_out(archive):
    there = ticket(key="k1", events=[{"at": at(3), "kind": "merged", "into": "k2"}])
    back = ticket(key="k2", events=[{"at": at(4), "kind": "merged", "into": "k1"}])
    code, _out, err = archive.run([*HOUSE, there, back])
    assert (code, err.splitlines()[0]) == (1, "line 6: events: merged into a ticket that is merged into it")
    assert list(Ticket.objects.order_by("key").values_list("key", "merged_into__key")) == [("k1", "k2"), ("k2", None)]


def test_importing_sends_nothing_and_wakes_nobody(archive, django_capture_on_commit_callbacks):
    factories.shop().survey_policies.create(kind="csat", active=True, active_since="2020-01-01T00:00:00Z")
    target = {"type": "target", "key": "t", "shop": "main", "first_response": 60, "clock": "calendar"}
    with django_capture_on_commit_callbacks(execute=True):
        archive.load([*HOUSE, target, ticket(messages=[asks(), answers(30)], events=[moves(40, "solved")])])

    assert Event.objects.filter(reacted_at=None).count() == 0
    assert (OutboundMessage.objects.count(), len(mail.outbox), Promise.objects.count()) == (0, 0, 0)
    assert (Survey.objects.count(), Notification.objects.count(), RuleRun.objects.count()) == (0, 0, 0)
    late = Deadline.objects.get()
    assert (late.kind, late.state, late.breached_at) == ("first_reply", "missed", late.due_at)


def test_the_planner_is_told_what_came(archive):
    archive.load([*HOUSE, ticket(messages=[asks()])])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tablename FROM pg_stats WHERE tablename ~ '^(tickets_message|metrics_waitfact)$'"
        )
        assert sorted(cursor.fetchall()) == [("metrics_waitfact",), ("tickets_message",)]


def test_surveys_keep_their_answer_and_agent(archive):
    survey = {"kind": "csat", "sent_at": at(9), "answered_at": at(12), "score": 5, "comment": "merci", "agent": "a2"}
    made = loaded(archive, messages=[asks()], surveys=[survey, {"kind": "ces", "sent_at": at(9)}])
    rows = [
        (one.kind, one.state, one.score, one.comment, one.agent and one.agent.key)
        for one in made.surveys.order_by("pk")
    ]
    assert rows == [("csat", "sent", 5, "merci", "a2"), ("ces", "sent", None, "", None)]
    assert made.surveys.get(kind="csat").answers.count() == 1


def test_a_changed_line_updates_and_keeps_what_happened_here(archive):
    made = loaded(archive, messages=[asks(), answers(5)], events=[moves(5, "open")])
    actions.note(made, by=Actor.agent(factories.user()), text="Rappeler lundi")
    changed = ticket(
        messages=[asks(), answers(5, text="Voilà !"), asks(7, key="m3")],
        events=[moves(5, "open"), moves(9, "solved")],
        subject="Colis",
        tags=["vip"],
    )

    assert archive.load([*HOUSE, changed])["ticket"] == (0, 1, 0, 0)

    made.refresh_from_db()
    assert (made.state, made.subject, made.tags) == ("solved", "Colis", ["vip"])
    assert [one.text for one in made.messages.all()] == ["Bonjour", "Voilà !", "Bonjour", "Rappeler lundi"]
    assert [kind for kind, *_rest in timeline(made)] == [
        "opened",
        "message",
        "message",
        "state",
        "message",
        "state",
        "note",
    ]


def test_unknown_fields_are_told_kept_and_exported_again(archive):
    line = ticket(messages=[asks(mood="happy")], events=[moves(5, "open") | {"why": "rien"}], weather={"rain": True})
    code, _out, err = archive.run([SHOP | {"slogan": "Ici la lune"}, *AGENTS, CUSTOMER | {"eyes": "blue"}, line])

    assert code == 0
    assert err.splitlines() == [
        "line 1: slogan: unknown field, kept as it is",
        "line 4: eyes: unknown field, kept as it is",
        "line 5: events[0].why: unknown field, kept as it is",
        "line 5: messages[0].mood: unknown field, kept as it is",
        "line 5: weather: unknown field, kept as it is",
    ]
    text = archive.export()
    for words in (
        '"slogan":"Ici la lune"',
        '"eyes":"blue"',
        '"mood":"happy"',
        '"why":"rien"',
        '"weather":{"rain":true}',
    ):
        assert text.count(words) == 1, words


def test_a_dry_run_says_all_and_changes_nothing(archive):
    code, out, err = archive.run([*HOUSE, ticket(messages=[asks()]), ticket(key="k2", customer="c9")], dry_run=True)
    assert code == 1
    assert counts(out) == {
        "shop": (1, 0, 0, 0),
        "agent": (2, 0, 0, 0),
        "customer": (1, 0, 0, 0),
        "ticket": (1, 0, 0, 1),
    }
    assert err.splitlines()[0] == "line 6: customer: unknown customer 'c9'"
    assert (Ticket.objects.count(), Message.objects.count()) == (0, 0)


def test_a_known_e_mail_is_that_colleague_and_keeps_their_rights(archive):
    admin = factories.admin(email="michele@example.com", first_name="Michèle", last_name="Admin", password="x" * 20)
    archive.load(HOUSE)
    admin.refresh_from_db()
    assert (admin.key, admin.role, admin.full_name, admin.check_password("x" * 20)) == (
        "a1",
        "admin",
        "Michèle Admin",
        True,
    )
    assert admin.__class__.objects.get(key="a2").has_usable_password() is False


def test_a_customer_with_a_known_address_is_that_customer(archive):
    known = factories.customer("j@example.com")
    archive.load(HOUSE)
    known.refresh_from_db()
    assert (known.key, known.__class__.objects.count()) == ("c1", 1)
