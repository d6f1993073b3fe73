"""What stands beside the conversations: the targets and how they were met, two open complaints, things to do."""

from datetime import timedelta
from typing import Any

from django.utils import translation

from tickets import deadlines, sla_presets
from tickets.actors import SYSTEM, Actor
from tickets.demo.house import House
from tickets.demo.past import DAYS
from tickets.demo.timeline import Timeline
from tickets.events import unsaved
from tickets.models import Clock, Complaint, Event, EventKind, SlaPolicy, Task, Ticket

ANGRY = "INADMISSIBLE : 3 relances, toujours aucun remboursement"
LOST = "TROISIÈME MESSAGE : colis « livré » jamais reçu, l’anniversaire de ma fille est samedi"
TORN = "Remplacement de l’abat-jour"
Stage, Phase = Complaint.Stage, Complaint.Phase

# ticket, hours ago, how far, how heated, what the customer wants, what we announced, hours until the solution is due
COMPLAINTS = (
    (ANGRY, 20, Stage.IDENTIFY, Phase.PEAK, "189 € remboursés, et une date écrite", "", None),
    (LOST, 5, Stage.ANNOUNCE, Phase.FALLING, "Le cadeau avant samedi", "Un second envoi part ce soir en express", 30),
)
# ticket, what, who, hours until it is due
TASKS = (
    (ANGRY, "Débloquer le virement avec la comptabilité", "Sophie", 3),
    (LOST, "Rappeler la cliente demain matin", "Inès", 20),
    (TORN, "Vérifier l’emballage des abat-jour avec l’entrepôt", "Karim", 44),
)


def fill(house: House, lines: list[Timeline]) -> None:
    """Write them beside the tickets, which are saved."""
    _aim(house, [line.ticket for line in lines])
    tickets = {line.ticket.subject: line.ticket for line in lines}
    events: list[Event] = []
    for subject, ago, stage, phase, wanted, measures, within in COMPLAINTS:
        ticket, by = tickets[subject], Actor.agent(house.colleagues["Sophie"])
        at = max(house.now - timedelta(hours=ago), ticket.last_activity_at)  # after all that was said
        Complaint.objects.create(
            ticket=ticket,
            stage=stage,
            phase=phase,
            requested_outcome=wanted,
            measures=measures,
            solution_due_at=house.now + timedelta(hours=within) if within else None,
            opened_at=at,
        )
        events.append(unsaved(ticket, EventKind.COMPLAINT, by=by, at=at, stage=Stage.LISTEN))
    for subject, title, name, within in TASKS:
        user, due_at = house.colleagues[name], house.now + timedelta(hours=within)
        task = Task.objects.create(ticket=tickets[subject], title=title, user=user, due_at=due_at)
        facts: dict[str, Any] = {"task": task.pk, "title": title, "user": user.pk, "done": False}
        events.append(unsaved(tickets[subject], EventKind.TASK, by=SYSTEM, at=house.now, **facts))
    for event in events:
        event.reacted_at = event.at
    Event.objects.bulk_create(events)


def _aim(house: House, tickets: list[Ticket]) -> None:
    """The past was held to targets and is judged; who waits now was told an hour, which no target moves any more."""
    with translation.override(house.shop.languages[0]):
        sla_presets.apply(sla_presets.PRESETS[0], house.shop, at=house.now - timedelta(days=DAYS))
    deadlines.settle_many([ticket.pk for ticket in tickets if not ticket.is_live], at=house.now)
    SlaPolicy.objects.filter(shop=house.shop).update(valid_from=house.now)
    # In this shop nobody chats at night: within the hour means an open one.
    SlaPolicy.objects.filter(shop=house.shop, key__endswith="-instant").update(clock=Clock.BUSINESS)
