"""Every change of a ticket is one function here, named by its verb: atomic, keyword-only, ending in an event.

`actions.reply(ticket, by=..., text=...)`: the module is the namespace. Each locks the ticket's row first and returns
the fresh ticket or what it made. Nothing else writes tickets, messages, events or promises.
"""

from tickets.actions.conversation import (
    acknowledge,
    follow_up,
    note,
    open_ticket,
    receive_message,
    reply,
    withhold_acknowledgement,
)
from tickets.actions.delivery import record_delivery, resend
from tickets.actions.fate import MergeRefused, delete, mark_spam, merge, restore, unmark_spam, unmerge
from tickets.actions.locking import StaleVersion
from tickets.actions.state import change_state, close, hold, reopen, solve, wait_for_customer
from tickets.actions.work import assign, choose_reason, move_to_team, prioritise, rename, tag

__all__ = [
    "MergeRefused",
    "StaleVersion",
    "acknowledge",
    "assign",
    "change_state",
    "choose_reason",
    "close",
    "delete",
    "follow_up",
    "hold",
    "mark_spam",
    "merge",
    "move_to_team",
    "note",
    "open_ticket",
    "prioritise",
    "receive_message",
    "record_delivery",
    "rename",
    "reopen",
    "reply",
    "resend",
    "restore",
    "solve",
    "tag",
    "unmark_spam",
    "unmerge",
    "wait_for_customer",
    "withhold_acknowledgement",
]
