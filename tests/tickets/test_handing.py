"""Handing out: in turn, by load, and taking the next one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Presence, Role
from helpdesk.lib.refused import Refused
from tests import factories as make
from tickets import actions
from tickets.actors import SYSTEM, Actor
from tickets.assignment import next_colleague
from tickets.models import DeskSettings, Ticket
from tickets.tasks import hand_out

pytestmark = pytest.mark.django_db


def here(**fields):
    return make.user(presence=Presence.ONLINE, **fields)


def test_in_turn_goes_round():
    ines, sophie = here(), here()
    got = [actions.assign_in_turn(make.ticket(), by=SYSTEM, how="turn").assignee for _ in range(4)]
    assert got == [ines, sophie, ines, sophie]


def test_by_load_fills_the_emptiest_desk_for_its_size():
    small, large = here(capacity=2), here(capacity=10)
    for owner in (small, large, large):
        make.ticket(assignee=owner)  # small has 1 of 2, large 2 of 10
    assert next_colleague(make.ticket(), "load") == large


def test_nobody_away_full_or_gone_is_given_anything():
    make.user(presence=Presence.AWAY)
    full = here(capacity=1)
    make.ticket(assignee=full)
    here(is_active=False)
    here(role=Role.MANAGER)
    assert actions.assign_in_turn(make.ticket(), by=SYSTEM, how="turn").assignee is None


def test_a_teams_ticket_stays_in_the_team():
    here()
    member = here(teams=(make.team("care"),))
    assert next_colleague(make.ticket(team=make.team("care")), "turn") == member


def test_by_hand_gives_nobody_and_the_shop_decides():
    colleague, ticket = here(), make.ticket()
    assert next_colleague(ticket) is None
    DeskSettings.objects.filter(shop=ticket.shop).update(assignment="turn")
    assert next_colleague(ticket) == colleague


def test_what_came_while_nobody_was_here_is_handed_out_when_somebody_has_room():
    make.calendar(weekly={day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")})
    now, loft = timezone.now(), make.shop("loft")
    later, sooner = (make.ticket(at=now - timedelta(hours=hours)) for hours in (1, 2))
    by_hand = make.ticket(via=make.channel(shop=loft, name="Loft", address="loft@example.com"))
    DeskSettings.objects.update_or_create(shop=later.shop, defaults={"assignment": "load"})
    colleague = make.user(presence=Presence.AWAY, capacity=1)
    assert hand_out() == 0
    colleague.presence = Presence.ONLINE
    colleague.save()
    assert (hand_out(), hand_out()) == (1, 0)  # there is room for one
    actions.solve(sooner, by=Actor.agent(colleague))
    assert hand_out() == 1
    assert list(Ticket.objects.order_by("pk").values_list("pk", "assignee")) == [
        (later.pk, colleague.pk),
        (sooner.pk, colleague.pk),
        (by_hand.pk, None),
    ]


def test_what_a_person_puts_back_waits_for_whom_they_mean_until_it_comes_to_another_team():
    ticket, colleague = make.ticket(), here()
    care = make.team("care", colleague)
    DeskSettings.objects.update_or_create(shop=ticket.shop, defaults={"assignment": "load"})
    assert hand_out() == 1
    actions.assign(ticket, to=None, by=Actor.agent(colleague))
    assert hand_out() == 0
    actions.move_to_team(ticket, to=care, by=Actor.agent(colleague))
    assert hand_out() == 1
    assert Ticket.objects.get(assignee=colleague).team == care


def test_what_nobody_here_may_take_is_not_looked_at(django_assert_num_queries):
    ticket = make.ticket(team=make.team("warehouse"))
    make.ticket()
    DeskSettings.objects.update_or_create(shop=ticket.shop, defaults={"assignment": "load"})
    here(role=Role.MANAGER)
    with django_assert_num_queries(2):
        assert hand_out() == 0


def test_the_next_ticket_is_the_most_urgent_of_nobody():
    make.calendar(weekly={day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")})
    now = timezone.now()
    later, sooner = make.ticket(at=now - timedelta(hours=1)), make.ticket(at=now - timedelta(hours=2))
    make.ticket(at=now - timedelta(hours=3), assignee=make.user())
    user = make.user()
    assert [actions.claim_next(user).pk, actions.claim_next(user).pk] == [sooner.pk, later.pk]
    with pytest.raises(Refused):
        actions.claim_next(user)


def test_what_somebody_put_aside_is_nobodys_next():
    asleep, urgent = make.ticket(), make.ticket()
    actions.snooze(asleep, until=timezone.now() + timedelta(days=1), by=SYSTEM)
    user = make.user()
    assert actions.claim_next(user) == urgent
    with pytest.raises(Refused):
        actions.claim_next(user)
