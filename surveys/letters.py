"""The mail that asks: one question, its scale as links, readable with images off and as plain text."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from channels_app.base import Address
from channels_app.models import Channel, ChannelKind
from customers.models import Customer, Identity
from surveys import tokens, wording
from surveys.models import Survey
from surveys.wording import Step
from tickets import letters
from tickets.letters import Letter
from tickets.models import Author, Message, Ticket
from tickets.subjects import as_reply


@dataclass(frozen=True, slots=True)
class Button:
    step: Step
    url: str


def compose(survey: Survey, token: str) -> Letter | None:
    """The letter that puts this question, None when the customer has no address for it."""
    way = _way_to(survey)
    if way is None:
        return None
    channel, address = way
    with translation.override(survey.language or survey.shop.default_language):
        context = {
            "survey": survey,
            "ticket": survey.ticket,
            "shop": survey.shop,
            "customer": survey.customer,
            "author": survey.agent,
            "question": wording.question(survey),
            "ends": wording.ends(survey),
            "buttons": [Button(step, tokens.url_of(token, step.score)) for step in wording.steps(survey)],
            "link": tokens.url_of(token),
        }
        return Letter(
            channel=channel,
            to=(address,),
            sender_name=sender_name(survey),
            subject=_subject(survey),
            text=render_to_string("emails/survey.txt", context).strip() + "\n",
            html=render_to_string("emails/survey.html", context),
            references=tuple(letters.references_of(survey.ticket)) if survey.ticket else (),
        )


def sender_name(survey: Survey) -> str:
    """Whose name the mail carries: "Michèle, Maison Lune"."""
    return f"{survey.agent.first_name}, {survey.shop.name}" if survey.agent else survey.shop.name


def _subject(survey: Survey) -> str:
    if survey.ticket is None:
        return _("Your purchase at %(shop)s") % {"shop": survey.shop.name}
    return as_reply(survey.ticket.subject or _("Your message"))


def _way_to(survey: Survey) -> tuple[Channel, Address] | None:
    """By mail: to where the customer wrote last, else to the address that we know, from the shop's own mailbox."""
    newest = _newest_mail(survey.ticket) if survey.ticket else None
    if newest and newest.channel:
        value = newest.recipients.get("reply_to") or newest.from_address
        return newest.channel, Address(value, newest.from_name or survey.customer.name)
    channel = survey.shop.channels.filter(kind=ChannelKind.EMAIL, enabled=True).order_by("pk").first()
    email = _email_of(survey.customer)
    return (channel, Address(email, survey.customer.name)) if channel and email else None


def _newest_mail(ticket: Ticket) -> Message | None:
    said = ticket.messages.filter(author=Author.CUSTOMER, customer=ticket.customer, automatic=False)
    mails = said.filter(channel__kind=ChannelKind.EMAIL, channel__enabled=True).exclude(from_address="")
    return mails.select_related("channel__shop").order_by("-at", "-pk").first()


def _email_of(customer: Customer) -> str:
    identity = customer.identities.filter(kind=Identity.Kind.EMAIL).order_by("pk").first()
    return identity.value if identity else ""
