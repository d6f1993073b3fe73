"""An automatic answer: marked as one, to people only, to each of them seldom (RFC 3834)."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Customer
from helpdesk.lib.refused import Refused
from tickets import acknowledgement, actions
from tickets.automation.case import Case
from tickets.automation.variables import Filled, fill
from tickets.models import Author, Macro, RuleRun

USUAL_DAYS = 30
SENT = "sent"


def run(case: Case, row: dict[str, Any]) -> str:
    """Send it, or say why not. Refused (field "text") when a variable has no value."""
    Customer.objects.select_for_update().filter(pk=case.ticket.customer_id).first()  # one answer at a time to a person
    if why := why_not(case, row):
        return f"held back: {why}"
    filled = words_of(case, row)
    actions.answer_automatically(case.ticket, by=case.by, text=filled.text, html=filled.html)
    return SENT


def words_of(case: Case, row: dict[str, Any]) -> Filled:
    """What it would say. Refused (field "text") when a variable has no value."""
    text, html = words_for(case, row)
    filled = fill(text, html, case)
    if filled.missing:
        raise Refused("text", _("No value for %(names)s.") % {"names": ", ".join(filled.missing)})
    return filled


def why_not(case: Case, row: dict[str, Any]) -> str:
    """Why nothing automatic may be said now; "" when it may."""
    said = case.ticket.messages.filter(author=Author.CUSTOMER).order_by("-at", "-pk").first()
    if said is None:
        return "no message of the customer"
    if case.ticket.spam:
        return "spam"
    if case.ticket.channel is None or not _has_way_out(case):
        return "no channel"
    if why := acknowledgement.forbidden(said):
        return why
    return "told before" if case.rule is not None and _told_before(case, row) else ""


def _has_way_out(case: Case) -> bool:
    """A channel that is switched off is answered from the shop's mailbox: so that people learn where to write."""
    channel, shop = case.ticket.channel, case.ticket.shop
    return bool(channel and channel.enabled) or shop.channels.filter(kind="email", enabled=True).exists()


def words_for(case: Case, row: dict[str, Any]) -> tuple[str, str]:
    """Text and HTML in the ticket's language, of the macro or of the step itself."""
    if row.get("macro"):
        macro = Macro.objects.filter(pk=int(row["macro"]), archived=False).first()
        if macro is None:
            raise Refused("macro", _("There is no such macro any more."))
        return in_language(macro.texts, case.ticket.language)
    return row.get("text", ""), ""


def in_language(texts: dict[str, Any], language: str) -> tuple[str, str]:
    """The text and HTML for this language, else in the first there is."""
    found: dict[str, Any] = texts.get(language) or next(iter(texts.values()), {})
    return str(found.get("text", "")), str(found.get("html", ""))


def _told_before(case: Case, row: dict[str, Any]) -> bool:
    """Whether this rule has answered this customer within its days."""
    assert case.rule is not None
    since = case.at - timedelta(days=row.get("days") or USUAL_DAYS)
    runs = RuleRun.objects.filter(rule=case.rule, ticket__customer=case.ticket.customer_id, at__gt=since)
    return runs.filter(did__contains=[{"do": "reply", "result": SENT}]).exists()
