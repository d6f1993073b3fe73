"""From a solved ticket or an order to a question in the customer's mailbox: one row each, sent once."""

import logging
from datetime import datetime, timedelta
from functools import partial

from celery import shared_task
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation

from accounts.models import User
from channels_app import outbox
from channels_app.models import ChannelKind, OutboundMessage
from customers.models import Customer, Order
from helpdesk.lib.wakeup import wake
from surveys import letters, tokens, wording
from surveys.models import Kind, State, Survey, SurveyPolicy, When
from surveys.policy import objection, out_of_quiet_hours, policy_of, time_to_ask
from tickets import actions
from tickets.letters import Letter
from tickets.models import Event, Message, Ticket
from tickets.states import LIVE
from tickets.states import State as TicketState

log = logging.getLogger(__name__)
ORDERS_AT_ONCE = 200
Fate = OutboundMessage.State


def consider(event: Event) -> None:
    """A reaction to a change of state: a solve asks, a reopening takes back what has not been asked yet."""
    to = event.data.get("to")
    if to == TicketState.SOLVED:
        invite(event.ticket, event)
    elif to in LIVE:
        take_back(event.ticket, "reopened")


@transaction.atomic
def invite(ticket: Ticket, event: Event) -> list[Survey]:
    """Plan the shop's questions about this solve, each once per solve. Whether they leave is decided when due."""
    policies = SurveyPolicy.objects.filter(shop=ticket.shop, active=True, when=When.SOLVED).select_related("shop")
    planned = []
    for policy in policies:
        take_back(ticket, "asked anew", kind=policy.kind, but=event)
        survey, _made = Survey.objects.get_or_create(
            kind=policy.kind,
            cause=event,
            defaults={
                "shop": ticket.shop,
                "ticket": ticket,
                "customer": ticket.customer,
                "channel_kind": ticket.channel_kind,
                "language": ticket.language,
                "due_at": time_to_ask(policy, event.at),
            },
        )
        planned.append(survey)
        transaction.on_commit(partial(wake, send, survey.pk))
    return planned


def take_back(ticket: Ticket, why: str, *, kind: str = "", but: Event | None = None) -> int:
    """Cancel the questions about a ticket that still wait. Returns how many."""
    waiting = Survey.objects.filter(ticket=ticket, state=State.WAITING)
    waiting = waiting.filter(kind=kind) if kind else waiting
    waiting = waiting.exclude(cause=but) if but else waiting
    return waiting.update(state=State.CANCELLED, why=why)


def invite_buyers(now: datetime) -> int:
    """Plan the question after a purchase for orders whose time has come. Returns how many."""
    policies = SurveyPolicy.objects.filter(active=True, when=When.ORDER).select_related("shop")
    return sum(_invite_buyers_of(policy, now) for policy in policies)


def _invite_buyers_of(policy: SurveyPolicy, now: datetime) -> int:
    asked = Survey.objects.filter(order=OuterRef("pk"), kind=policy.kind)
    since = policy.active_since or now
    orders = Order.objects.filter(shop=policy.shop, placed_at__gte=since).filter(~Exists(asked))
    orders = orders.filter(placed_at__lte=now - timedelta(seconds=policy.delay)).select_related("customer")
    rows = [
        Survey(
            kind=policy.kind,
            order=order,
            shop=policy.shop,
            customer=order.customer,
            channel_kind=ChannelKind.EMAIL,
            language=policy.shop.language_for(order.customer.language),
            due_at=out_of_quiet_hours(policy, now),
        )
        for order in orders.order_by("placed_at")[:ORDERS_AT_ONCE]
    ]
    return len(Survey.objects.bulk_create(rows, ignore_conflicts=True))


@shared_task(name="surveys.invitations.send")
def send(pk: int) -> None:
    """Ask one question if it is due and nothing speaks against it, once."""
    now = timezone.now()
    with transaction.atomic():
        survey = (
            Survey.objects.due(now)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("shop", "ticket__shop", "ticket__customer", "cause__user")
            .filter(pk=pk)
            .first()
        )
        if survey is None:
            return
        survey.customer = Customer.objects.select_for_update().get(pk=survey.customer_id)  # cool-downs count in turn
        policy = policy_of(survey.shop, survey.kind)
        if policy and (later := out_of_quiet_hours(policy, now)) > now:
            Survey.objects.filter(pk=pk).update(due_at=later)
            return
        _ask(survey, policy, now)


def send_due(batch: int = 200) -> int:
    """Ask what is due, whoever forgot to wake us. Returns how many were tried."""
    ids = list(Survey.objects.due().order_by("due_at", "pk").values_list("pk", flat=True)[:batch])
    for pk in ids:
        try:
            send(pk)
        except Exception:  # one question that cannot be put must not stop the others
            log.exception("survey %s", pk)
    return len(ids)


def _ask(survey: Survey, policy: SurveyPolicy | None, now: datetime) -> None:
    why = objection(survey, policy, now)
    if not why and survey.ticket:
        survey.agent, survey.message = credited(survey.ticket, survey.cause)
        why = "" if survey.agent else "nobody helped"
    token = tokens.mint()
    letter = None if why else letters.compose(survey, token)
    if policy is None or letter is None:
        survey.state, survey.why = State.CANCELLED, why or "no address"
        survey.save(update_fields=["state", "why", "agent", "message"])
        return
    survey.outbound = _hand_over(survey, letter)
    survey.state, survey.token_digest = State.LEAVING, tokens.digest(token)
    survey.expires_at = now + timedelta(days=policy.valid_days)
    survey.save()
    if survey.kind == Kind.CSAT:
        _accompany(survey)


def credited(ticket: Ticket, solve: Event | None = None) -> tuple[User | None, Message | None]:
    """Who gets the rating: the author of the last answer that reached the customer, else who solved the ticket."""
    replies = Message.objects.filter(ticket__in=ticket.family()).replies()
    last = replies.select_related("user").order_by("-at", "-pk").first()
    if last is not None:
        return last.user, last
    return (solve.user if solve else None) or ticket.assignee, None


def _hand_over(survey: Survey, letter: Letter) -> OutboundMessage | None:
    if survey.ticket:
        with translation.override(survey.language):
            words = wording.question(survey)
        return actions.ask_for_rating(survey.ticket, letter=letter, words=words, kind=survey.kind).outbound
    assert letter.channel is not None
    return outbox.queue(
        letter.channel,
        thread="0",  # no ticket: an answer to it opens one
        sender_name=letter.sender_name,
        to=letter.to,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        automatic=True,
    )


def _accompany(survey: Survey) -> None:
    """The effort question stands on the page of the satisfaction question, if the shop wants it so."""
    policy = policy_of(survey.shop, Kind.CES)
    if policy is None or policy.when != When.WITH_CSAT:
        return
    copied = ("shop", "ticket", "customer", "agent", "message", "cause", "channel_kind", "language", "outbound")
    fields = {name: getattr(survey, name) for name in (*copied, "state", "expires_at")}
    Survey.objects.create(kind=Kind.CES, asked_with=survey, **fields)


@transaction.atomic
def record_fate(outbound: OutboundMessage) -> None:
    """What became of the mail: reached the customer, or came back. A given answer proves that it had arrived."""
    surveys = Survey.objects.filter(outbound=outbound)
    if outbound.state in (Fate.SENT, Fate.DELIVERED, Fate.KEPT):
        there = surveys.filter(state__in=[State.LEAVING, State.BOUNCED])
        there.update(state=State.SENT, sent_at=outbound.sent_at or timezone.now(), why="")
    elif outbound.state in (Fate.FAILED, Fate.CANCELLED):
        back = surveys.filter(answered_at=None, state__in=[State.LEAVING, State.SENT])
        back.update(state=State.BOUNCED, sent_at=None, why=outbound.error[:60])


def signature_link(message: Message) -> str:
    """The address for the signature of one reply: a rating given there is of this message and its author (S94)."""
    return tokens.url_of(tokens.sign(message.pk))


def below_the_signature(message: Message) -> str:
    """That address where the shop wants it below its answers; "" elsewhere, and on other channels than mail."""
    if message.channel_kind != ChannelKind.EMAIL:
        return ""
    wanted = SurveyPolicy.objects.filter(shop=message.ticket.shop_id, kind=Kind.CSAT, in_signature=True).exists()
    return signature_link(message) if wanted else ""
