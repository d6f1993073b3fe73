"""Every change of a ticket is one function here, named by its verb: atomic, keyword-only, ending in an event.

`actions.reply(ticket, by=..., text=...)`: the module is the namespace. Each locks the ticket's row first and returns
the fresh ticket or what it made. Nothing else writes tickets, messages, events or promises.
"""

from tickets.actions.about import note_about
from tickets.actions.apology import apologise
from tickets.actions.articles import begin_article
from tickets.actions.automatic import answer_automatically
from tickets.actions.blocking import block_address, block_sender, is_blocked, unblock
from tickets.actions.bulk import act_on_all, take_back_all
from tickets.actions.chat import (
    abandon,
    begin_chat,
    introduce,
    mail_transcript,
    note_read,
    note_sign,
    settle_chat,
)
from tickets.actions.complaints import (
    advance,
    announce_measures,
    approve_compensation,
    close_unconfirmed,
    compensate,
    confirm,
    deny,
    is_heated,
    learn_from,
    limit_of,
    note_asked,
    open_complaint,
    set_phase,
)
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
from tickets.actions.drafts import (
    StaleDraft,
    add_draft_file,
    discard_draft,
    files_of,
    remove_draft_file,
    save_draft,
)
from tickets.actions.fate import MergeRefused, delete, mark_spam, merge, restore, unmark_spam, unmerge
from tickets.actions.filing import fill_in, follow, note_request, unfollow
from tickets.actions.handing import assign_in_turn, claim_next, hand_out, hand_out_waiting
from tickets.actions.labels import merge_reasons, merge_tags, rename_tag, save_reason
from tickets.actions.language import speak
from tickets.actions.locking import Overtaken, StaleVersion
from tickets.actions.mentions import may_be_called, mentionable
from tickets.actions.orders import ask_about_order, cancel_order, change_order_address, note_tracked, return_order
from tickets.actions.outbound import note_call, write_first
from tickets.actions.people import edit_customer, merge_customer, unmerge_customer
from tickets.actions.problems import (
    close_problem,
    edit_problem,
    link_problem,
    mark_fixed,
    open_problem,
    open_problems,
    reopen_problem,
    report_problem,
    suggested_problems,
    unlink_problem,
)
from tickets.actions.promising import note_promise
from tickets.actions.rating import ask_for_rating, record_rating, skip_survey
from tickets.actions.reading import mark_read, mark_unread
from tickets.actions.reverting import REVERTIBLE, revert, revert_steps
from tickets.actions.saved_views import delete_view, restore_view, save_view, set_order_of_views
from tickets.actions.sides import answer_side, receive_aside, start_side
from tickets.actions.snooze import order_arrived, snooze, wake_up
from tickets.actions.splitting import split_off
from tickets.actions.state import change_state, close, hold, reopen, solve, wait_for_customer
from tickets.actions.tasks import finish_task, set_task
from tickets.actions.undo import take_back, withdraw
from tickets.actions.work import assign, choose_reason, escalate, move_to_team, prioritise, rename, tag

__all__ = [
    "REVERTIBLE",
    "MergeRefused",
    "Overtaken",
    "StaleDraft",
    "StaleVersion",
    "abandon",
    "acknowledge",
    "act_on_all",
    "add_draft_file",
    "advance",
    "announce_measures",
    "answer_automatically",
    "answer_side",
    "apologise",
    "approve_compensation",
    "ask_about_order",
    "ask_for_rating",
    "assign",
    "assign_in_turn",
    "begin_article",
    "begin_chat",
    "block_address",
    "block_sender",
    "cancel_order",
    "change_order_address",
    "change_state",
    "choose_reason",
    "claim_next",
    "close",
    "close_problem",
    "close_unconfirmed",
    "compensate",
    "confirm",
    "delete",
    "delete_view",
    "deny",
    "discard_draft",
    "edit_customer",
    "edit_problem",
    "escalate",
    "files_of",
    "fill_in",
    "finish_task",
    "follow",
    "follow_up",
    "hand_out",
    "hand_out_waiting",
    "hold",
    "introduce",
    "is_blocked",
    "is_heated",
    "learn_from",
    "limit_of",
    "link_problem",
    "mail_transcript",
    "mark_fixed",
    "mark_read",
    "mark_spam",
    "mark_unread",
    "may_be_called",
    "mentionable",
    "merge",
    "merge_customer",
    "merge_reasons",
    "merge_tags",
    "move_to_team",
    "note",
    "note_about",
    "note_asked",
    "note_call",
    "note_promise",
    "note_read",
    "note_request",
    "note_sign",
    "note_tracked",
    "open_complaint",
    "open_problem",
    "open_problems",
    "open_ticket",
    "order_arrived",
    "prioritise",
    "receive_aside",
    "receive_message",
    "record_delivery",
    "record_rating",
    "remove_draft_file",
    "rename",
    "rename_tag",
    "reopen",
    "reopen_problem",
    "reply",
    "report_problem",
    "resend",
    "restore",
    "restore_view",
    "return_order",
    "revert",
    "revert_steps",
    "save_draft",
    "save_reason",
    "save_view",
    "set_order_of_views",
    "set_phase",
    "set_task",
    "settle_chat",
    "skip_survey",
    "snooze",
    "solve",
    "speak",
    "split_off",
    "start_side",
    "suggested_problems",
    "tag",
    "take_back",
    "take_back_all",
    "unblock",
    "unfollow",
    "unlink_problem",
    "unmark_spam",
    "unmerge",
    "unmerge_customer",
    "wait_for_customer",
    "wake_up",
    "withdraw",
    "withhold_acknowledgement",
    "write_first",
]
