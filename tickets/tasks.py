"""Celery finds this app's tasks here; each stands beside the code that it serves."""

from celery import shared_task
from django.utils import timezone

from tickets import actions, chat, complaints, notifications, push, reactions, rules, timers, webhooks
from tickets.article_gaps import ask_for_articles
from tickets.intake import take_in
from tickets.kept_files import forget_kept_files
from tickets.mass import say_due
from tickets.notices import send_due
from tickets.order_codes import send_code
from tickets.reactions import react
from tickets.search import learn
from tickets.webhooks import deliver

__all__ = [
    "abandon_chats",
    "ask_for_articles",
    "deliver",
    "deliver_webhooks",
    "finish_reactions",
    "forget_kept_files",
    "hand_out",
    "learn",
    "mail_digests",
    "push_notifications",
    "react",
    "remind_complaints",
    "run_timed_rules",
    "say_due",
    "send_code",
    "send_due",
    "sweep",
    "take_in",
]


@shared_task(name="tickets.tasks.finish_reactions")
def finish_reactions() -> int:
    return reactions.sweep()


@shared_task(name="tickets.tasks.sweep")
def sweep() -> int:
    """Turn what is due now into events."""
    return timers.sweep()


@shared_task(name="tickets.tasks.run_timed_rules")
def run_timed_rules() -> int:
    return rules.sweep()


@shared_task(name="tickets.tasks.deliver_webhooks")
def deliver_webhooks() -> int:
    return webhooks.sweep()


@shared_task(name="tickets.tasks.mail_digests")
def mail_digests() -> int:
    return notifications.sweep()


@shared_task(name="tickets.tasks.push_notifications")
def push_notifications() -> int:
    return push.sweep()


@shared_task(name="tickets.tasks.hand_out")
def hand_out() -> int:
    return actions.hand_out_waiting()


@shared_task(name="tickets.tasks.abandon_chats")
def abandon_chats() -> int:
    """Note the visitors who left before anybody answered."""
    return sum(actions.abandon(session.ticket) for session in chat.left_alone(timezone.now()) if session.ticket)


@shared_task(name="tickets.tasks.remind_complaints")
def remind_complaints() -> int:
    """Ask again whether a complaint is settled; after the last reminder close it unconfirmed."""
    return complaints.sweep()
