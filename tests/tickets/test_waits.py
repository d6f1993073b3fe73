"""Who waits: each test draws a conversation. C = customer, A = agent, r = robot, n = note, x = not delivered.

minutes  0    10   20
         C----C----A      one wait, from 0 to 20
"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.waits import Said, human_replies, start_of, waits

T0 = datetime(2026, 3, 28, 22, tzinfo=UTC)
KINDS = {
    "C": {"author": "customer"},
    "A": {"author": "agent"},
    "r": {"author": "customer", "automatic": True},
    "b": {"author": "bot"},
    "a": {"author": "auto"},
    "n": {"author": "agent", "public": False},
    "x": {"author": "agent", "delivery": "failed"},
    "z": {"author": "agent", "delivery": "cancelled"},
    "u": {"author": "agent", "delivery": "unknown"},
    "m": {"author": "agent", "automatic": True},
    "s": {"author": "agent", "public": False, "side_id": 1},
}


def at(minutes):
    return T0 + timedelta(minutes=minutes)


def drawn(line):
    """ "C A" -> a customer at minute 0, an agent at minute 10; one place is ten minutes, a blank is silence."""
    return [Said(at(10 * place), place + 1, **KINDS[sign]) for place, sign in enumerate(line) if sign != " "]


def spans(line, **how):
    """(start, end) of each wait in minutes; None while it runs."""
    minutes = [(wait.start, wait.end) for wait in waits(drawn(line), **how)]
    return [tuple(when and (when - T0).total_seconds() / 60 for when in span) for span in minutes]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        ("C", [(0, None)]),
        ("CA", [(0, 10)]),
        ("CCCA", [(0, 30)]),  # from the first of three
        ("CACA", [(0, 10), (20, 30)]),
        ("CAA", [(0, 10)]),  # the second answer ends nothing
        ("CACC", [(0, 10), (20, None)]),
        ("AC", [(10, None)]),
        ("rA", []),  # a robot's message asks nothing
        ("CrA", [(0, 20)]),
        ("CnA", [(0, 20)]),  # a note tells nobody
        ("CaA", [(0, 20)]),
        ("CbA", [(0, 20)]),
        ("CmA", [(0, 20)]),  # a macro sent by a rule
        ("CsA", [(0, 20)]),  # to the carrier
        ("CxA", [(0, 20)]),
        ("CzA", [(0, 20)]),
        ("Cx", [(0, None)]),
        ("Cu", [(0, 10)]),  # uncertain counts until it is known to have failed
    ],
)
def test_waits(line, expected):
    assert spans(line) == expected


def test_only_the_first_wait_of_a_ticket_that_a_customer_started_is_for_the_first_reply():
    assert [wait.first for wait in waits(drawn("CACA"))] == [True, False]
    assert [wait.first for wait in waits(drawn("ACA"), opened_by_customer=False)] == [False]


def test_a_reply_scheduled_for_later_has_not_been_said_yet():
    assert spans("C A", until=at(15)) == [(0, None)]
    assert spans("C A", until=at(20)) == [(0, 20)]


def test_the_start_is_the_first_customer_message_or_the_opening_of_an_agents_ticket():
    assert start_of(drawn(" rC"), opened_at=at(0)) == at(20)
    assert start_of(drawn(" r"), opened_at=at(0)) == at(0)
    assert start_of(drawn("A C"), opened_at=at(-5), opened_by_customer=False) == at(-5)


def test_human_replies_are_what_reached_the_customer():
    assert [one.pk for one in human_replies(drawn("CAnxAbmA"), until=at(65))] == [2, 5]


def test_a_call_picked_up_ends_the_wait_and_is_no_reply():
    said = [*drawn("C"), Said(at(1), 0, "agent", 7)]
    assert [(wait.start, wait.end) for wait in waits(said)] == [(at(0), at(1))]
    assert human_replies(said) == []


@given(st.text(alphabet="".join(KINDS), max_size=12))
def test_waits_never_overlap_and_only_the_last_may_run(line):
    found = waits(drawn(line))
    for earlier, later in pairwise(found):
        assert earlier.end is not None
        assert earlier.start < earlier.end < later.start
    assert sum(wait.first for wait in found) <= 1
