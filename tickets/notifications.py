"""What one person should know: shown in the page, and mailed when nobody has looked for a while."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Min
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from accounts.models import User
from helpdesk.lib import live
from helpdesk.lib.wakeup import wake
from tickets import push
from tickets.models import Author, Event, EventKind, Notification, Ticket

log = logging.getLogger(__name__)
Kind = Notification.Kind
KINDS = frozenset({EventKind.MESSAGE, EventKind.NOTE, EventKind.ASSIGNED, EventKind.DELIVERY_FAILED, EventKind.TASK})
UNREAD_FOR = timedelta(minutes=15)  # then a mail tells of it
MOST = 30  # lines of one digest
CROWD = 10  # unread of one kind within SPELL: beyond, one line counts them
SPELL = timedelta(minutes=15)


def notify(
    user: User,
    kind: Notification.Kind,
    *,
    ticket: Ticket | None,
    text: str,
    cause: str,
    event: Event | None = None,
) -> None:
    """Tell somebody something; the same cause tells the same person once."""
    row, new = Notification.objects.get_or_create(
        user=user, cause=cause, defaults={"kind": kind, "ticket": ticket, "text": text[:300], "event": event}
    )
    if new:
        transaction.on_commit(partial(live.publish, [f"user:{user.pk}"], "notification", row.pk, 1))
        if user.push_subscriptions.exists():
            transaction.on_commit(partial(wake, push.deliver, row.pk))


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell: words that await translation and what fills them, beside its ticket's `number`."""

    words: str
    facts: dict[str, object]
    cause: str
    event: Event


def notify_each(user: User, kind: Notification.Kind, news: Sequence[News]) -> None:
    """Tell several things of one kind: one by one while few are unread, a crowd in one line that counts it."""
    fresh = Notification.objects.filter(user=user, kind=kind, read_at=None, at__gt=timezone.now() - SPELL)
    if fresh.count() + len(news) > CROWD:
        _count(user, kind, len(news), user.language_for(news[0].event.ticket.shop))
        return
    for one in news:
        ticket = one.event.ticket
        with translation.override(user.language_for(ticket.shop)):
            text = _(one.words) % (one.facts | {"number": ticket.pk})
        notify(user, kind, ticket=ticket, text=text, cause=one.cause, event=one.event)


def _count(user: User, kind: Notification.Kind, more: int, language: str) -> None:
    """The line of this hour that stands for a crowd; who has read it hears of what came since."""
    cause = f"crowd:{kind}:{timezone.now():%Y-%m-%dT%H}"
    notify(user, kind, ticket=None, text="", cause=cause)
    row = Notification.objects.select_for_update().get(user=user, cause=cause)
    row.count = more if row.text == "" else row.count + more
    with translation.override(language):
        row.text = _crowd(kind, row.count)
    row.read_at = None
    row.save(update_fields=["count", "text", "read_at"])


def _crowd(kind: Notification.Kind, count: int) -> str:
    if kind == Kind.WARNING:
        words = ngettext("%(n)d ticket is nearly due.", "%(n)d tickets are nearly due.", count)
    elif kind == Kind.BREACH:
        words = ngettext("%(n)d ticket is overdue.", "%(n)d tickets are overdue.", count)
    else:
        words = ngettext("%(n)d ticket needs you.", "%(n)d tickets need you.", count)
    return words % {"n": count}


def consider(event: Event) -> None:
    """Tell those whom an event concerns, each once, nobody of what they did themselves."""
    if event.ticket.spam or event.ticket.deleted_at:
        return
    for user, (kind, words) in _concerned(event).items():
        if user.pk == event.user_id or not user.is_active:
            continue
        with translation.override(user.language_for(event.ticket.shop)):
            text = _(words) % {"number": event.ticket_id, "subject": event.ticket.subject[:120]}
        notify(user, kind, ticket=event.ticket, text=text, cause=f"event:{event.pk}", event=event)


def _concerned(event: Event) -> dict[User, tuple[Notification.Kind, str]]:
    """Whom to tell, and in which words; the later entry of a person counts."""
    told: dict[User, tuple[Notification.Kind, str]] = {}
    said = event.message
    followers = [row.user for row in event.ticket.followers.select_related("user")]
    if event.kind in (EventKind.MESSAGE, EventKind.NOTE) and said is not None and not said.automatic:
        told |= {user: (Kind.FOLLOWED, gettext_noop("News on #%(number)d · %(subject)s")) for user in followers}
    by_customer = said is not None and said.author == Author.CUSTOMER and not said.automatic
    if event.kind == EventKind.MESSAGE and by_customer and event.ticket.assignee is not None:
        words = gettext_noop("The customer answered on #%(number)d · %(subject)s")
        told[event.ticket.assignee] = (Kind.REPLY, words)
    if event.kind == EventKind.NOTE and said is not None:
        for user in said.mentions.all():  # they hear more: see tell_mentioned
            told.pop(user, None)
    if event.kind == EventKind.ASSIGNED and event.data.get("to"):
        words = gettext_noop("#%(number)d is yours now · %(subject)s")
        told |= dict.fromkeys(User.objects.filter(pk=event.data["to"]), (Kind.ASSIGNED, words))
    if event.kind == EventKind.TASK and event.data.get("user") and not event.data.get("done"):
        words = gettext_noop("Something to do on #%(number)d · %(subject)s")
        told |= dict.fromkeys(User.objects.filter(pk=event.data["user"]), (Kind.TASK, words))
    if event.kind == EventKind.DELIVERY_FAILED and said is not None and said.user is not None:
        told[said.user] = (Kind.DELIVERY, gettext_noop("Your answer on #%(number)d did not arrive · %(subject)s"))
    return told


def tell_mentioned(event: Event) -> None:
    """A note calls colleagues by name."""
    if event.message is None:
        return
    for user in event.message.mentions.filter(is_active=True).exclude(pk=event.user_id or 0):
        _tell(user, Kind.MENTION, event, gettext_noop("%(name)s: %(words)s"))


def tell_of_side(event: Event) -> None:
    """A third party has answered: whoever asked last, and the ticket's assignee, should know."""
    message = event.message
    if message is None or message.side is None or not event.data.get("answered", False):
        return
    asked = message.side.messages.filter(user__isnull=False).order_by("-pk").first()
    people = [asked.user if asked else None, event.ticket.assignee]
    for user in {user.pk: user for user in people if user is not None}.values():
        _tell(user, Kind.SIDE, event, gettext_noop("%(name)s: %(words)s"))


def tell_of_return(event: Event) -> None:
    """The customer wrote while a reply was still here: its author should know that it did not leave."""
    if event.actor == Event.Actor.CUSTOMER and event.message is not None and event.message.user is not None:
        words = gettext_noop("The customer wrote first: your reply is a draft again.")
        _tell(event.message.user, Kind.TAKEN_BACK, event, words)


def _tell(user: User, kind: Notification.Kind, event: Event, text: str) -> None:
    message = event.message
    assert message is not None
    name = message.user.full_name if message.user else message.from_name or message.from_address
    said = " ".join(message.visible_text.split())
    with translation.override(user.language_for(event.ticket.shop)):
        words = _(text) % {"name": name, "words": said} if "%(" in text else _(text)
    notify(user, kind, ticket=event.ticket, text=words, cause=f"{kind}:{event.pk}", event=event)


def unread(user: User) -> int:
    return Notification.objects.filter(user=user, read_at=None).count()


def read(user: User, ids: list[int] | None = None) -> int:
    """Mark these as read, or all of them. Returns how many were unread."""
    rows = Notification.objects.filter(user=user, read_at=None)
    rows = rows if ids is None else rows.filter(pk__in=ids)
    count = rows.update(read_at=timezone.now())
    if count:
        live.publish([f"user:{user.pk}"], "notification", 0, 1)
    return count


def read_ticket(user: User, ticket: Ticket) -> int:
    """Who opens a ticket has read what told of it."""
    rows = Notification.objects.filter(user=user, ticket=ticket, read_at=None)
    return rows.update(read_at=timezone.now())


def sweep(at: datetime | None = None, batch: int = 50) -> int:
    """Mail a digest to whom has something unread for a while. Returns how many people."""
    at = at or timezone.now()
    waiting = Notification.objects.filter(read_at=None, mailed_at=None, user__is_active=True, user__mail_digest=True)
    people = waiting.values("user").annotate(oldest=Min("at")).filter(oldest__lt=at - UNREAD_FOR).order_by("oldest")
    done = 0
    for row in people[:batch]:
        try:
            done += _mail(row["user"], at)
        except Exception:  # one address that no server takes must not keep the others waiting
            log.exception("digest of user %s", row["user"])
    return done


@transaction.atomic
def _mail(user_id: int, at: datetime) -> bool:
    """One digest: marked before it leaves, so a crash may lose a digest but never repeats one."""
    rows = Notification.objects.filter(user=user_id, read_at=None, mailed_at=None).select_for_update(skip_locked=True)
    found = list(rows.order_by("-pk"))
    if not found:
        return False
    Notification.objects.filter(pk__in=[one.pk for one in found]).update(mailed_at=at)
    user = User.objects.get(pk=user_id)
    transaction.on_commit(partial(_send, user, found))
    return True


def _send(user: User, found: list[Notification]) -> None:
    with translation.override(user.language_for(found[0].ticket.shop if found[0].ticket else None)):
        subject = ngettext("%(n)d thing waits for you", "%(n)d things wait for you", len(found)) % {"n": len(found)}
        url = f"{settings.PUBLIC_URL}{reverse('notifications')}"
        context = {"user": user, "rows": found[:MOST], "more": max(0, len(found) - MOST), "url": url}
        text = render_to_string("emails/digest.txt", context | {"site": settings.PUBLIC_URL})
    send_mail(subject, text, None, [user.email], fail_silently=False)
