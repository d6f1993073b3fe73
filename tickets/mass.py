"""One answer to the customers of many tickets: looked at first, then given ticket by ticket, to each of them once.

Each ticket is answered in a transaction of its own that also says so on its part: a worker that is killed leaves a part
waiting or done, never half done.
"""

import logging
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from celery import shared_task
from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Role, User
from channels_app.models import ChannelKind, OutboundMessage
from helpdesk.lib.refused import Refused
from helpdesk.lib.wakeup import wake
from tickets import actions, macros
from tickets.actions.conversation import said_since
from tickets.actions.locking import Overtaken, locked
from tickets.actors import Actor
from tickets.automation import steps
from tickets.automation.autoreply import in_language
from tickets.automation.case import Case
from tickets.automation.variables import Filled, fill
from tickets.letters import ways_to_customers
from tickets.models import Delivery, MassAnswer, MassPart, Message, Ticket
from tickets.querysets import TicketQuerySet
from tickets.solving import check_solvable
from tickets.states import State

MOST = 1000  # tickets of one answer
AT_ONCE = 50  # tickets of one round: colleagues' answers leave between two rounds
UNDO = timedelta(seconds=30)  # for steps without words; words can be taken back until they leave
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """One ticket whose customer is answered; `way` is None when the answer has steps but no words."""

    ticket: Ticket
    way: ChannelKind | None
    words: Filled


@dataclass
class Reach:
    """Who would be answered, and which tickets would be left out, by the reason in words."""

    told: list[Told] = field(default_factory=list)
    left_out: dict[str, list[Ticket]] = field(default_factory=dict)

    @property
    def customers(self) -> int:
        return len({one.ticket.customer_id for one in self.told})

    @property
    def channels(self) -> list[tuple[ChannelKind, int]]:
        """How many customers hear of it by each kind of channel, the most first."""
        ways = {(one.way, one.ticket.customer_id) for one in self.told}
        return Counter(way for way, _customer in ways if way).most_common()

    @property
    def examples(self) -> list[Told]:
        """The first reader of each language."""
        return list({one.ticket.language: one for one in reversed(self.told)}.values())[::-1]


def reach(answer: MassAnswer, tickets: Sequence[Ticket]) -> Reach:
    """What this answer, not yet saved, would do to these tickets as they stand."""
    ways, since, found = ways_to_customers(tickets), _written_since(answer, tickets), Reach()
    for ticket in tickets:
        try:
            told = _told(answer, ticket, ways[ticket.pk])
            if answer.texts and ticket.pk in since:
                raise Refused("seen", since[ticket.pk])
        except Refused as refusal:
            found.left_out.setdefault(refusal.words, []).append(ticket)
        else:
            found.told.append(told)
    return found


@transaction.atomic
def send(answer: MassAnswer, tickets: Sequence[Ticket], *, expected: int) -> MassAnswer:
    """Plan it, a part for each ticket; a worker does them. The same submission again is a no-op.

    Refused (field "tickets") when nobody is left to be answered, or more than the `expected` number of tickets.
    """
    if twin := MassAnswer.objects.filter(submission=answer.submission).first():
        return twin
    found = reach(answer, tickets)
    if not found.told:
        raise Refused("tickets", _("Nobody is left to be answered."))
    if len(found.told) > expected:
        raise Refused("tickets", _("It is now %(n)s tickets. Look again before sending.") % {"n": len(found.told)})
    answer.save()
    parts = [MassPart(answer=answer, ticket=one.ticket) for one in found.told]
    for why, left in found.left_out.items():
        parts += [MassPart(answer=answer, ticket=ticket, left_out=why[:300]) for ticket in left]
    MassPart.objects.bulk_create(parts)
    transaction.on_commit(partial(wake, say_due))
    return answer


@shared_task(name="tickets.mass.say_due")
def say_due() -> int:
    """Do the next parts, each for itself. Returns how many were looked at."""
    due = list(MassPart.objects.waiting().order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    done = sum(_tried(pk) for pk in due)
    if done and len(due) == AT_ONCE:
        wake(say_due)
    return len(due)


def _tried(pk: int) -> bool:
    """What nobody foresaw on one ticket does not stop the others: the sweep tries it again."""
    try:
        return _do(pk)
    except Exception:
        log.exception("mass answer, part %s", pk)
        return False


@transaction.atomic
def _do(pk: int) -> bool:
    """Answer on one ticket, or note why not; False while another worker is at it. Whoever takes the answer back waits
    until this is over."""
    rows = MassPart.objects.waiting().select_for_update(skip_locked=True, of=("self", "answer"))
    part = rows.select_related("answer__by", "answer__macro", "ticket__shop").filter(pk=pk).first()
    if part is None:
        return False
    with translation.override(part.answer.by.language_for(part.ticket.shop)):
        try:
            with transaction.atomic():
                _carry_out(part)
        except Refused as refusal:
            part.message, part.used, part.left_out = None, None, refusal.words[:300]
        except Overtaken as held:
            part.left_out = _who_wrote(held.newer[-1])[:300]
        else:
            part.done_at = timezone.now()
    part.save()
    return True


def _carry_out(part: MassPart) -> None:
    """Say the words as any reply is said, then do the macro's steps: all of it or nothing."""
    answer, ticket = part.answer, locked(part.ticket)
    told = _told(answer, ticket, ways_to_customers([ticket])[ticket.pk])
    then = State(answer.then) if answer.then else None
    if told.words.text or told.words.html:
        part.message = actions.reply(
            ticket,
            by=Actor.agent(answer.by),
            text=told.words.text,
            html=told.words.html,
            then=then,
            undoable=True,
            seen=answer.seen,
            submission=uuid.uuid5(answer.submission, str(ticket.pk)),
        )
    if answer.macro is not None:
        part.used = macros.carry_out(answer.macro, ticket, user=answer.by, message=part.message, chosen=then)


def _told(answer: MassAnswer, ticket: Ticket, way: ChannelKind | None) -> Told:
    """What this ticket's customer would be told. Refused when nothing can be, with the reason."""
    _check_standing(ticket)
    if answer.texts and way is None:
        raise Refused("channel", _("No way to the customer: the channel is off, or there is no address."))
    case = Case(ticket, by=Actor.agent(answer.by), macro=answer.macro, inputs=answer.inputs)
    if answer.macro is not None:
        if why := macros.why_not(answer.macro, case):
            raise Refused("macro", why)
        steps.preview(answer.macro.steps, case)
    text, html = in_language(answer.texts, ticket.language)
    words = fill(text, html, case)
    if words.missing:
        raise Refused("text", _("No value for “%(name)s”.") % {"name": ", ".join(words.missing)})
    if answer.then == State.SOLVED:
        check_solvable(ticket)
    return Told(ticket, way if answer.texts else None, words)


def _check_standing(ticket: Ticket) -> None:
    if ticket.deleted_at:
        raise Refused("ticket", _("It is deleted."))
    if ticket.merged_into_id:
        raise Refused("ticket", _("It is read at another ticket."))
    if ticket.spam:
        raise Refused("ticket", _("It is marked as spam."))
    if ticket.state == State.CLOSED:
        raise Refused("ticket", _("It is closed."))


def _written_since(answer: MassAnswer, tickets: Sequence[Ticket]) -> dict[int, str]:
    """Who has written on which ticket since the author looked, in words."""
    newer = said_since(answer.seen, answer.by).filter(ticket__in=tickets).select_related("user")
    return {message.ticket_id: _who_wrote(message) for message in newer}


def _who_wrote(message: Message) -> str:
    if message.user is None:
        return _("The customer has written meanwhile.")
    return _("%(name)s has answered meanwhile.") % {"name": message.user.full_name}


# --- the way back ---------------------------------------------------------------------------------------------------


def take_back(answer: MassAnswer, *, by: User) -> int:
    """Say nothing more of it, and take back what has not left yet, its steps too. Returns how many had already left."""
    with transaction.atomic():
        answer = MassAnswer.objects.select_for_update().get(pk=answer.pk)
        answer.taken_back_at = answer.taken_back_at or timezone.now()
        answer.save(update_fields=["taken_back_at"])
        answer.parts.waiting().update(left_out=_("Taken back before it was said."))
    done = answer.parts.exclude(done_at=None).select_related("message__outbound", "message__user", "message__ticket")
    return sum(not _withdrawn(part, Actor.agent(by)) for part in done.select_related("used", "ticket").order_by("pk"))


def _withdrawn(part: MassPart, by: Actor) -> bool:
    """Whether this part could be taken back; one that was before still counts as taken back."""
    try:
        if part.message is not None and part.message.delivery != Delivery.CANCELLED:
            actions.withdraw(part.message, by=by)
        elif part.message is None and part.used is not None and part.done_at:
            if part.done_at + UNDO < timezone.now():
                return False
            actions.revert_steps(part.used, by=by)
    except Refused:
        return False
    return True


def takeable_until(answer: MassAnswer) -> datetime | None:
    """Until when something of it can still be taken back."""
    now, parts = timezone.now(), answer.parts.exclude(done_at=None)
    if answer.taken_back_at:
        return None
    if answer.parts.waiting().exists():
        return now + UNDO
    kept = parts.filter(
        message__delivery=Delivery.QUEUED,
        message__outbound__state=OutboundMessage.State.QUEUED,
        message__outbound__attempts=0,
        message__outbound__not_before__gt=now,
    )
    leaves: datetime | None = kept.aggregate(at=Max("message__outbound__not_before"))["at"]
    acted: datetime | None = parts.filter(message=None, done_at__gt=now - UNDO).aggregate(at=Max("done_at"))["at"]
    return leaves or (acted + UNDO if acted else None)


# --- which ----------------------------------------------------------------------------------------------------------


def with_all(tickets: TicketQuerySet) -> list[Ticket]:
    """These tickets with what texts and ways ask of them, the oldest first."""
    related = tickets.select_related("shop", "customer", "channel", "assignee", "team", "reason")
    return list(related.prefetch_related("orders", "customer__orders", "customer__identities").order_by("pk")[:MOST])


def visible_to(user: User) -> QuerySet[MassAnswer]:
    """One's own; for managers and admins all."""
    every = user.role in (Role.MANAGER, Role.ADMIN)
    return MassAnswer.objects.all() if every else MassAnswer.objects.filter(by=user)


def with_progress(answers: QuerySet[MassAnswer]) -> QuerySet[MassAnswer]:
    """The newest first, with how many tickets each concerns, `planned`, and how many of them are `done`."""
    meant, done = Q(parts__left_out=""), Q(parts__done_at__isnull=False)
    return (
        answers.select_related("by")
        .order_by("-pk")
        .annotate(planned=Count("parts", filter=meant), done=Count("parts", filter=done))
    )


def languages_of(tickets: Iterable[Ticket]) -> list[str]:
    """The languages that these customers are answered in, the most spoken first."""
    spoken = Counter(one.language or one.shop.default_language for one in tickets)
    return [language for language, _count in spoken.most_common()]
