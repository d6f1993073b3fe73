"""The domain: what a conversation is made of, and what is kept beside it."""

from tickets.models.automation import Macro, MacroUse, Rule, RuleRun, RuleVersion, Task, Webhook, WebhookDelivery
from tickets.models.chat import ChatSession
from tickets.models.desk import Draft, DraftFile, Follow, Notification, SavedView, Seen, SideThread
from tickets.models.event import Event, EventKind
from tickets.models.label import BlockedSender, Reason, Tag
from tickets.models.mass import MassAnswer, MassPart
from tickets.models.message import Attachment, Author, Delivery, Message, ThreadReference
from tickets.models.problem import Compensation, Complaint, Problem
from tickets.models.promise import Promise
from tickets.models.push import PushKey, PushSubscription
from tickets.models.search import SearchEntry, SearchWord
from tickets.models.settings import CustomField, DeskSettings
from tickets.models.sla import Clock, Deadline, SlaPolicy
from tickets.models.ticket import Priority, Ticket

__all__ = [
    "Attachment",
    "Author",
    "BlockedSender",
    "ChatSession",
    "Clock",
    "Compensation",
    "Complaint",
    "CustomField",
    "Deadline",
    "Delivery",
    "DeskSettings",
    "Draft",
    "DraftFile",
    "Event",
    "EventKind",
    "Follow",
    "Macro",
    "MacroUse",
    "MassAnswer",
    "MassPart",
    "Message",
    "Notification",
    "Priority",
    "Problem",
    "Promise",
    "PushKey",
    "PushSubscription",
    "Reason",
    "Rule",
    "RuleRun",
    "RuleVersion",
    "SavedView",
    "SearchEntry",
    "SearchWord",
    "Seen",
    "SideThread",
    "SlaPolicy",
    "Tag",
    "Task",
    "ThreadReference",
    "Ticket",
    "Webhook",
    "WebhookDelivery",
]
