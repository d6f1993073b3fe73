"""The domain: what a conversation is made of."""

from tickets.models.event import Event, EventKind
from tickets.models.label import Reason, Tag
from tickets.models.message import Attachment, Author, Delivery, Message, ThreadReference
from tickets.models.promise import Promise
from tickets.models.ticket import Priority, Ticket

__all__ = [
    "Attachment",
    "Author",
    "Delivery",
    "Event",
    "EventKind",
    "Message",
    "Priority",
    "Promise",
    "Reason",
    "Tag",
    "ThreadReference",
    "Ticket",
]
