"""Complaints as lists show them, and the question that ends one: is it solved? (S111-S116)

The customer answers by a link: signed, good for VALID, for nothing else. Who does not answer is reminded, then the
case is closed unconfirmed. Who wrote instead of clicking is waited for by a person, and robots are left alone.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from channels_app.models import ChannelKind
from helpdesk.lib.refused import Refused
from tickets import acknowledgement, actions
from tickets.actions.complaints import REMINDERS
from tickets.actors import CUSTOMER, SYSTEM, Actor
from tickets.models import Author, Complaint, Message, Ticket
from tickets.states import State

VALID = timedelta(days=60)
PATIENCE = timedelta(days=3)  # without an answer, until the next reminder
_signer = TimestampSigner(sep=".", salt="tickets.complaint.confirmation")


class ExpiredLink(Exception):
    """The customer's link was good once."""


# --- which ----------------------------------------------------------------------------------------------------------


def visible_to(user: User) -> QuerySet[Complaint]:
    """The complaints beside tickets that this user may see."""
    seen = Ticket.objects.visible_to(user).present().values("pk")
    return Complaint.objects.filter(ticket__in=seen).select_related("ticket__customer", "ticket__shop")


def standing(which: str, now: datetime) -> Q:
    """A choice of the list: "open", "due" (solution promised within a day), "overdue", "asked", or an outcome."""
    still_open = Q(outcome="")
    unsolved = still_open & Q(stage__lt=Complaint.Stage.SOLVE)
    choices = {
        "open": still_open,
        "due": unsolved & Q(solution_due_at__gte=now, solution_due_at__lt=now + timedelta(days=1)),
        "overdue": unsolved & Q(solution_due_at__lt=now),
        "asked": still_open & Q(asked_at__isnull=False),
        "confirmed": Q(outcome=Complaint.Outcome.CONFIRMED),
        "unconfirmed": Q(outcome=Complaint.Outcome.UNCONFIRMED),
    }
    return choices.get(which, Q())


# --- asking ---------------------------------------------------------------------------------------------------------


def link(complaint: Complaint) -> str:
    """Where the customer says whether it is solved."""
    return settings.PUBLIC_URL + reverse("complaint-confirmation", args=[_signer.sign(str(complaint.pk))])


def named_by(token: str) -> Complaint | None:
    """The complaint of a link, None when we did not make it. Raises ExpiredLink."""
    try:
        number = int(_signer.unsign(token, max_age=VALID))
    except SignatureExpired:
        raise ExpiredLink from None
    except (BadSignature, ValueError):
        return None
    found = Complaint.objects.select_related("ticket__shop", "ticket__customer", "ticket__merged_into")
    return found.filter(pk=number, ticket__spam=False, ticket__deleted_at=None).first()


def question(complaint: Complaint) -> str:
    """The words that ask the customer, in their language, for an agent to change."""
    ticket = complaint.ticket
    with translation.override(ticket.language or ticket.shop.default_language):
        return _(
            "Thank you for telling us about this: it helps us to do better.\n\n"
            "Is everything settled for you now? We close this only when you say so."
        )


@transaction.atomic
def ask(complaint: Complaint, *, by: Actor, text: str) -> Message:
    """Thank the customer and ask whether it is solved: a reply with their link. Refused (field "text") without words,
    (field "stage") before a solution has been given or when it is closed."""
    if not text.strip():
        raise Refused("text", _("Write something first."))
    if complaint.outcome:
        raise Refused("stage", _("The complaint is closed."))
    if complaint.stage < Complaint.Stage.SOLVE:
        raise Refused("stage", _("Ask when the solution has been given."))
    ticket = complaint.ticket
    with translation.override(ticket.language or ticket.shop.default_language):
        words = _("Tell us here: %(link)s") % {"link": link(complaint)}
    message = actions.reply(ticket, by=by, text=f"{text.strip()}\n\n{words}", then=State.PENDING)
    actions.note_asked(complaint, by=by)
    return message


# --- answering ------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer(complaint: Complaint, *, solved: bool, words: str = "") -> Complaint:
    """What the customer said on their page. "Not solved" is a message of theirs: it opens the ticket again."""
    if solved:
        return actions.confirm(complaint, by=CUSTOMER)
    before = complaint.outcome
    complaint = actions.deny(complaint, by=CUSTOMER)
    if before != Complaint.Outcome.CONFIRMED:
        _hear(complaint, words)
    return complaint


def _hear(complaint: Complaint, words: str) -> None:
    """The customer's words on their ticket; a closed one is followed by a new one."""
    ticket = complaint.ticket.survivor()
    customer = complaint.ticket.customer
    with translation.override(ticket.language or ticket.shop.default_language):
        text = words.strip() or _("No, it is not solved.")
    if ticket.state == State.CLOSED:
        ticket = actions.follow_up(ticket, customer=customer, by=CUSTOMER, subject="", channel=ticket.channel)
        actions.open_complaint(ticket, by=CUSTOMER)
    twin = ticket.messages.filter(author=Author.CUSTOMER).order_by("-pk").first()
    if twin is not None and twin.text == text and twin.channel_kind == ChannelKind.FORM:
        return  # the button was pressed twice
    actions.receive_message(
        ticket,
        customer=customer,
        text=text,
        at=timezone.now(),
        channel_kind=ChannelKind.FORM,
        from_name=customer.name,
        from_address=customer.email,  # the link reached them there
    )


# --- reminding ------------------------------------------------------------------------------------------------------


def sweep(at: datetime | None = None) -> int:
    """Remind, or close unconfirmed, each that has waited PATIENCE for the customer's answer. Returns how many."""
    at = at or timezone.now()
    return sum(_remind(pk, at) for pk in _silent(at).order_by("asked_at").values_list("pk", flat=True))


def _silent(at: datetime) -> QuerySet[Complaint]:
    """Asked long ago, and neither clicked nor wrote since."""
    said = Message.objects.filter(
        ticket=OuterRef("ticket"), author=Author.CUSTOMER, automatic=False, at__gt=OuterRef("asked_at")
    )
    theirs = Ticket.objects.present().values("pk")
    return Complaint.objects.filter(~Exists(said), outcome="", asked_at__lte=at - PATIENCE, ticket__in=theirs)


@transaction.atomic
def _remind(pk: int, at: datetime) -> bool:
    """One of them, if nobody is working on it this instant and it is still due."""
    found = _silent(at).filter(pk=pk).select_related("ticket__shop", "ticket__customer").first()
    if found is None or not Ticket.objects.select_for_update(skip_locked=True).filter(pk=found.ticket_id).exists():
        return False
    complaint = _silent(at).filter(pk=pk).select_related("ticket__shop", "ticket__customer").first()
    if complaint is None:
        return False
    if complaint.reminders >= REMINDERS:
        actions.close_unconfirmed(complaint, by=SYSTEM)
        return True
    return _ask_again(complaint, at)


def _ask_again(complaint: Complaint, at: datetime) -> bool:
    ticket = complaint.ticket
    newest = ticket.messages.filter(author=Author.CUSTOMER).order_by("-at", "-pk").first()
    if ticket.state == State.CLOSED or newest is None or acknowledgement.forbidden(newest):
        return False
    with translation.override(ticket.language or ticket.shop.default_language):
        words = _(
            "We asked you whether your complaint is settled, and would still like to know. We close it only when you "
            "say so.\n\nTell us here: %(link)s"
        ) % {"link": link(complaint)}
    actions.answer_automatically(ticket, by=SYSTEM, text=words)
    actions.note_asked(complaint, by=SYSTEM, at=at)
    return True
