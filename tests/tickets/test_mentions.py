"""Colleagues called in a note."""

import pytest

from accounts.models import Role
from tests import factories as make
from tickets import actions
from tickets.actors import Actor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@Sophie Martin tu peux voir ?", ["Martin"]),
        ("vu avec @sophie martin.", ["Martin"]),
        ("@Sophie tu peux voir ?", []),  # there are two
        ("@Thomas et @Sophie Marchetti", ["Marchetti", "Nguyen"]),
        ("sophie@Thomas.example", []),
        ("@Sophie Martinez", []),
        ("Sophie Martin", []),
    ],
)
def test_who_is_called(text, called):
    for first, last in [("Sophie", "Martin"), ("Sophie", "Marchetti"), ("Thomas", "Nguyen")]:
        make.user(first_name=first, last_name=last)
    note = actions.note(make.ticket(), by=Actor.agent(make.user(first_name="Inès")), text=text)
    assert sorted(note.mentions.values_list("last_name", flat=True)) == called


def test_who_may_not_see_the_ticket_is_not_called():
    team = make.team("secret")
    make.user(first_name="Zoé", last_name="Ailleurs")
    make.user(first_name="Yann", last_name="Parti", is_active=False)
    make.user(first_name="Xavier", last_name="Chef", role=Role.MANAGER)
    inside = make.user(first_name="Théo", last_name="Dedans", teams=(team,))
    note = actions.note(make.ticket(team=team), by=Actor.agent(inside), text="@Zoé @Yann @Xavier @Théo")
    assert sorted(note.mentions.values_list("first_name", flat=True)) == ["Théo", "Xavier"]
