"""What the composer starts from: drafts, copies, the newest message that its author knows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from accounts.access import may
from accounts.http import Request
from accounts.models import User
from channels_app.adapters.email.addresses import base_of, own_addresses
from channels_app.models import ChannelKind
from tickets.forms import SayForm
from tickets.letters import can_send_mail, way_to_customer
from tickets.models import Author, Draft, Ticket
from tickets.views.listing import way_back_to_list
from tickets.views.reading import Reading


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as the page takes it over."""

    text: str
    html: str
    cc: str
    bcc: str
    version: int


TYPED = ("kind", "text", "html", "cc", "bcc", "seen", "submission", "macro")
EMPTY = Kept("", "", "", "", 0)


def drafts_of(ticket: Ticket, user: User) -> dict[str, Draft]:
    """One's own drafts by kind, with their files: two queries."""
    return _by_kind(Draft.objects.filter(ticket=ticket, user=user).prefetch_related("files"))


def _by_kind(rows: Iterable[Draft]) -> dict[str, Draft]:
    return {SayForm.Kind.REPLY if row.public else SayForm.Kind.NOTE: row for row in rows}


def composer(request: Request, reading: Reading, form: SayForm | None = None) -> dict[str, Any]:
    """The context of the composer: what was typed just now (`form`: something is wrong with it), else the draft."""
    ticket, facts = reading.ticket, reading.facts
    drafts = _by_kind(one for one in reading.drafts if one.user_id == request.user.pk)
    kept = {kind: _kept(drafts.get(kind)) for kind in (SayForm.Kind.REPLY, SayForm.Kind.NOTE)}
    if form is None:
        kind = SayForm.Kind.NOTE if list(drafts) == [SayForm.Kind.NOTE] else SayForm.Kind.REPLY
        typed = _plain(kept[kind]) | {"kind": kind, "seen": facts.newest or 0, "submission": uuid4(), "macro": ""}
    else:
        typed = {name: form[name].value() or "" for name in TYPED}
    kind, wrong = str(typed["kind"]), form.errors if form else {}
    copies_open = bool(typed["cc"] or typed["bcc"] or wrong.keys() & {"cc", "bcc"})
    way = way_to_customer(ticket)
    return {
        "ticket": ticket,
        "form": form,
        "typed": typed,
        "drafts": {name: _plain(one) for name, one in kept.items()},
        "is_note": kind == SayForm.Kind.NOTE,
        "may_forward": may(request.user, "side.write") and facts.newest is not None,
        "copies_open": copies_open,
        "bad_cc": "cc" in wrong,
        "bad_bcc": "bcc" in wrong,
        "draft_version": kept.get(kind, EMPTY).version,
        "has_draft": kind in drafts,
        "draft_files": [file for draft in drafts.values() for file in draft.files.all()],
        "others": _others(facts.recipients) if reading.contact else [],
        "may_copy": reading.contact and (copies_open or way == ChannelKind.EMAIL),
        "way": way,
        "no_mailbox": way is None and bool(ticket.customer.email) and not can_send_mail(ticket.shop_id),
        "departures": reading.departures,
        "callable": tuple(reading.callable),
        "query": way_back_to_list(request),
        "may_write": may(request.user, "ticket.write"),
    }


def _kept(draft: Draft | None) -> Kept:
    if draft is None:
        return EMPTY
    copies = {name: ", ".join(draft.recipients.get(name, [])) for name in ("cc", "bcc")}
    return Kept(draft.text, draft.html, copies["cc"], copies["bcc"], draft.version)


def _plain(kept: Kept) -> dict[str, Any]:
    return {"text": kept.text, "html": kept.html, "cc": kept.cc, "bcc": kept.bcc, "version": kept.version}


def others_of(ticket: Ticket) -> list[str]:
    """Whom the customer's newest mail was sent to besides us: who is left out when only the customer is answered."""
    theirs = ticket.messages.filter(author=Author.CUSTOMER).order_by("-at", "-pk")
    return _others(theirs.values_list("recipients", flat=True).first())


def _others(recipients: dict[str, list[str]] | None) -> list[str]:
    given = (recipients or {}).get("to", [])
    own = own_addresses() if given else {}
    return [address for address in given if not base_of(address, own)]
