"""Saying that we did not keep our word."""

from django.db import transaction

from tickets.actions.conversation import reply
from tickets.actors import Actor
from tickets.models import Message, Promise


@transaction.atomic
def apologise(promise: Promise, *, by: Actor, text: str) -> Message:
    """Answer the customer of a broken promise; once. Refused as a reply is."""
    fresh = Promise.objects.select_for_update(of=("self",)).select_related("ticket", "apology").get(pk=promise.pk)
    if fresh.apology is not None:
        return fresh.apology
    fresh.apology = reply(fresh.ticket, by=by, text=text)
    fresh.save(update_fields=["apology"])
    return fresh.apology
