"""Every pair of states, tried through the one action that may assign them."""

from itertools import product

import pytest

from tests import factories
from tickets import actions
from tickets.actors import SYSTEM
from tickets.models import EventKind
from tickets.states import TRANSITIONS, RefusedTransition, State

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("old", "new"), product(State, State))
def test_every_step_is_taken_or_refused(old, new):
    ticket = factories.ticket()
    if old != State.NEW:
        ticket = actions.change_state(ticket, old, by=SYSTEM)
    told = ticket.events.count()
    if new == old:
        assert actions.change_state(ticket, new, by=SYSTEM).state == old
        assert ticket.events.count() == told
    elif new in TRANSITIONS[old]:
        assert actions.change_state(ticket, new, by=SYSTEM).state == new
        event = ticket.events.get(kind=EventKind.STATE, data__to=new)
        assert event.data == {"old": old, "to": new}
    else:
        with pytest.raises(RefusedTransition):
            actions.change_state(ticket, new, by=SYSTEM)
        ticket.refresh_from_db()
        assert ticket.state == old
        assert ticket.events.count() == told


def test_a_solve_then_a_close_keeps_the_time_of_the_solve():
    solved = actions.solve(factories.ticket(), by=SYSTEM)
    closed = actions.close(solved, by=SYSTEM)
    assert closed.solved_at == solved.solved_at
    assert closed.closed_at is not None


def test_a_close_straight_from_open_is_no_solve():
    closed = actions.close(factories.ticket(), by=SYSTEM)
    assert closed.solved_at is None
    assert closed.closed_at is not None


def test_reopening_forgets_the_solve():
    ticket = actions.reopen(actions.solve(factories.ticket(), by=SYSTEM), by=SYSTEM)
    assert (ticket.solved_at, ticket.closed_at) == (None, None)


def test_a_stale_version_is_refused():
    seen = factories.ticket()
    actions.hold(seen, by=SYSTEM)
    with pytest.raises(actions.StaleVersion):
        actions.solve(seen, by=SYSTEM, version=seen.version)
    seen.refresh_from_db()
    assert seen.state == State.ON_HOLD
