"""Reply times that customers were shown, on their ticket."""

from django.db import transaction

from channels_app.base import Told
from tickets import promises
from tickets.actions.locking import locked, touch
from tickets.actors import SYSTEM
from tickets.events import record
from tickets.models import EventKind, Promise, Ticket


@transaction.atomic
def note_promise(ticket: Ticket, told: Told, *, place: Promise.Place) -> Promise:
    """What this customer read there before writing: stored, and judged when it is due."""
    ticket = locked(ticket)
    promise = promises.keep(ticket, told, place=place)
    touch(ticket)
    record(ticket, EventKind.PROMISED, by=SYSTEM, due_at=promise.due_at.isoformat(), text=promise.text)
    return promise
