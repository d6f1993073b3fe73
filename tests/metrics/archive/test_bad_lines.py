"""A bad line names its number and its field, and stops nothing else."""

import pytest

from tests.metrics.archive.conftest import counts
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
SHOP = {"type": "shop", "key": "main", "name": "Maison Lune", "timezone": "Europe/Paris", "languages": ["fr"]}
AGENT = {"type": "agent", "key": "a1", "name": "Michèle Durand", "email": "michele@example.com"}
CUSTOMER = {"type": "customer", "key": "c1", "emails": ["j@example.com"], "created_at": "2026-01-02T10:00:00+01:00"}
AT = "2026-03-02T10:00:00+01:00"
ASKS = {"key": "m1", "at": AT, "from": "customer", "text": "Bonjour"}
TICKET = {"type": "ticket", "key": "k1", "shop": "main", "channel": "email", "customer": "c1", "opened_at": AT}
ORDER = {
    "type": "order",
    "key": "o1",
    "shop": "main",
    "customer": "c1",
    "number": "1",
    "placed_at": AT,
    "total": "9.90",
}


def event(**fields):
    return TICKET | {"events": [{"at": AT, **fields}]}


def said(**fields):
    return TICKET | {"messages": [ASKS | fields]}


BAD = {
    '{"type":"ticket"': "line: is not JSON",
    "[1]": "line: expected an object",
    '{"type":"tickets","key":"k1"}': 'type: "tickets" is none of',
    '{"type":"customer","key":"c2","extra":NaN}': "line: is not JSON",
    '{"type":"customer","key":"c2","extra":1e999}': "line: ",  # JSON, but larger than the database takes
}
WRONG = [
    (TICKET | {"key": ""}, "key: is empty"),
    (TICKET | {"key": 7}, "key: expected a text, not 7"),
    (TICKET | {"shop": "other"}, "shop: unknown shop 'other'"),
    (TICKET | {"customer": "c9"}, "customer: unknown customer 'c9'"),
    (TICKET | {"channel": "fax"}, 'channel: "fax" is none of email'),
    (TICKET | {"opened_at": "2026-03-02T10:00:00"}, "opened_at: '2026-03-02T10:00:00' has no offset"),
    (TICKET | {"opened_at": "02/03/2026"}, 'opened_at: expected 2026-01-02T10:00:00+01:00, not "02/03/2026"'),
    (TICKET | {"opened_at": 1772442000}, "opened_at: expected 2026-01-02T10:00:00+01:00, not 1772442000"),
    ({name: value for name, value in TICKET.items() if name != "opened_at"}, "opened_at: is required"),
    (TICKET | {"priority": "very high"}, 'priority: "very high" is none of low, normal, high, urgent'),
    (TICKET | {"reason": "late"}, "reason: unknown reason 'late'"),
    (TICKET | {"orders": ["o9"]}, "orders[0]: unknown order 'o9'"),
    (TICKET | {"test": "yes"}, 'test: expected true or false, not "yes"'),
    (TICKET | {"messages": {}}, "messages: expected a list, not {}"),
    (TICKET | {"messages": ["hello"]}, "messages[0]: expected an object"),
    (TICKET | {"messages": [ASKS, ASKS]}, "messages[1].key: two messages have the key 'm1'"),
    (said(key=["m1"]), 'messages[0].key: expected a text, not ["m1"]'),
    (said(at="2026-03-02T10:00:00"), "messages[0].at: '2026-03-02T10:00:00' has no offset"),
    (said(**{"from": "boss"}), 'messages[0].from: "boss" is none of customer, agent, auto, bot'),
    (said(**{"from": "agent"}), "messages[0].agent: is required"),
    (said(**{"from": "agent", "agent": "a9"}), "messages[0].agent: unknown agent 'a9'"),
    (said(public=False), "messages[0].public: a customer's message is always public"),
    (said(delivery="lost"), 'messages[0].delivery: "lost" is none of'),
    (event(kind="state", to="done"), 'events[0].to: "done" is none of new, open, pending, on_hold, solved, closed'),
    (event(kind="exploded"), 'events[0].kind: "exploded" is none of'),
    (event(kind="assigned", to="a9"), "events[0].to: unknown agent 'a9'"),
    (event(kind="state", to="open", by="agent:a9"), "events[0].by: unknown agent 'a9'"),
    (event(kind="state", to="open", by="boss"), "events[0].by: 'boss': expected agent:<key>"),
    (event(kind="merged", into="k1"), "events[0].into: a ticket cannot be merged into itself"),
    (event(kind="merged"), "events[0].into: is required"),
    (event(kind="unmerged"), "events[0].kind: the ticket is not merged then"),
    (event(kind="spam", at="2026-03-01T10:00:00+01:00"), "events[0].at: is before the ticket was opened"),
    (TICKET | {"surveys": [{"kind": "csat", "sent_at": AT, "answered_at": AT, "score": 6}]}, "surveys[0].score"),
    (
        TICKET | {"surveys": [{"kind": "csat", "sent_at": AT, "score": 5}]},
        "surveys[0].answered_at: score and answered_at",
    ),
    (CUSTOMER | {"key": "c2", "emails": ["nobody"]}, "emails[0]: 'nobody' is no e-mail address"),
    (CUSTOMER | {"key": "c2", "emails": [], "phones": ["06 12"]}, "phones[0]: '06 12': expected +33612345678"),
    (ORDER | {"total": 9.9}, 'total: expected an amount as text, "59.90"'),
    (ORDER | {"total": "1e99"}, 'total: expected an amount as text, "59.90"'),
    (ORDER | {"items": ["a lamp"]}, "items[0]: expected an object"),
    (ORDER | {"items": [{"quantity": -1}]}, "items[0].quantity: expected a whole number from 0 to 2147483647, not -1"),
    (ORDER | {"items": [{}, {"quantity": "2"}]}, "items[1].quantity: expected a whole number"),
    (ORDER | {"items": [{"price": "cheap"}]}, 'items[0].price: expected an amount as text, "59.90"'),
    (ORDER | {"items": [{"currency": "€"}]}, "items[0].currency: expected three capital letters"),
    (ORDER | {"currency": "euro"}, "currency: expected three capital letters, for example EUR, not 'euro'"),
    (AGENT | {"key": "a2"}, "email: belongs to the agent 'a1' already"),
    (SHOP | {"key": "Maison Lune!"}, "key: expected at most 50 letters"),
    (SHOP | {"key": "b", "timezone": "Paris"}, "timezone: 'Paris' is no time zone"),
    (SHOP | {"key": "b", "timezone": ""}, "timezone: '' is no time zone"),
    ({"type": "calendar", "key": "h", "shop": "main", "weekly": {"lundi": []}}, "weekly.lundi: Expected one of mon"),
    (
        {"type": "calendar", "key": "h", "shop": "main", "weekly": {"mon": [["18:00", "09:00"]]}},
        'weekly: mon: expected [["09:00", "12:00"]',
    ),
    (
        {"type": "calendar", "key": "h", "shop": "main", "exceptions": [{"date": "14/07", "open": []}]},
        "exceptions: “14/07” is no date",
    ),
    ({"type": "target", "key": "t", "shop": "main", "first_response": "4h"}, "first_response: expected a whole number"),
    ({"type": "self_service", "key": "s", "shop": "main", "at": AT, "kind": "guessed"}, 'kind: "guessed" is none of'),
    (
        {"type": "self_service", "key": "s", "shop": "main", "at": AT, "kind": "article_solved", "customer": []},
        "customer: expected a text, not []",
    ),
]


@pytest.mark.parametrize(("raw", "words"), BAD.items())
def test_a_line_that_cannot_be_read(archive, raw, words):
    code, _out, err = archive.run([SHOP, CUSTOMER, raw, TICKET | {"key": "k2"}])
    assert (code, err.splitlines()[0].startswith(f"line 3: {words}")) == (1, True), err
    assert list(Ticket.objects.values_list("key", flat=True)) == ["k2"]


def test_every_bad_line_is_named_and_all_others_are_imported(archive):
    good = [SHOP, AGENT, CUSTOMER, TICKET | {"key": "k2", "messages": [ASKS]}]

    code, out, err = archive.run([*good, *(line for line, _words in WRONG)])

    told = dict(line.split(": ", 1) for line in err.splitlines() if line.startswith("line "))
    for number, (line, words) in enumerate(WRONG, len(good) + 1):
        assert told.pop(f"line {number}").startswith(words), (line, words)
    assert told == {}
    assert err.splitlines()[-1] == f"CommandError: {len(WRONG)} bad line(s); all others are imported."
    assert code == 1
    assert counts(out)["ticket"][0] == 1
    assert list(Ticket.objects.values_list("key", flat=True)) == ["k2"]


def test_a_file_that_is_not_there(archive):
    assert archive.run_file(archive.folder / "none.ndjson")[2].endswith("none.ndjson: No such file or directory\n")


def test_bytes_that_are_no_utf8(archive):
    path = archive.file([SHOP])
    path.write_bytes(path.read_bytes() + b'{"type":"customer","key":"c\xff"}\n')
    code, _out, err = archive.run_file(path)
    assert (code, err.splitlines()[0]) == (1, "line 2: line: is not UTF-8")


def test_what_postgresql_cannot_store_is_taken_out(archive):
    archive.load(
        [
            SHOP,
            CUSTOMER,
            '{"type":"ticket","key":"k1","shop":"main","channel":"email","customer":"c1",'
            f'"opened_at":"{AT}","subject":"a\\u0000b\\ud800c"}}',
        ]
    )
    assert Ticket.objects.get().subject == "ab?c"
