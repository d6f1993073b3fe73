"""/tickets/new/: a ticket that an agent opens, writing first to a customer or noting a call."""

import uuid
from typing import Any

from babel.core import get_global
from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop
from customers.identify import identify, normalise_phone
from customers.models import Customer, Identity
from helpdesk.lib.addresses import normalise_email
from helpdesk.lib.htmx import go
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.access import visible_customers
from tickets.actors import Actor
from tickets.models import Reason, Ticket
from tickets.search import customers_like

PAGE = "tickets/new.html"
MAIL, CALL = "email", "voice"
FOUND = 8


class NewTicketForm(forms.Form):
    kind = forms.ChoiceField(choices=[(MAIL, gettext_lazy("Write a mail")), (CALL, gettext_lazy("Note a call"))])
    customer = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False, max_length=254)
    phone = forms.CharField(label=gettext_lazy("Phone"), required=False, max_length=40)
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=200)
    shop = forms.ModelChoiceField(Shop.objects.all(), label=gettext_lazy("Shop"), empty_label=None)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=998)
    text = forms.CharField(label=gettext_lazy("Text"), max_length=100_000, widget=forms.Textarea(attrs={"rows": 8}))
    reason = forms.ModelChoiceField(
        Reason.objects.filter(archived=False), label=gettext_lazy("Reason"), required=False, empty_label="—"
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("customer") or self.errors:
            return data
        if data.get("kind") == MAIL and not data.get("email"):
            self.add_error("email", _("Give an e-mail address."))
        if data.get("kind") == CALL and not (data.get("email") or data.get("phone")):
            self.add_error("phone", _("Give a phone number or an e-mail address."))
        typed, country = data.get("phone"), get_global("zone_territories").get(data["shop"].timezone)
        if typed and not (normalised := normalise_phone(typed, country)):
            words = _("Expected a number with its country code, for example +33612345678.")
            self.add_error("phone", words)
        elif typed:
            data["phone"] = normalised
        return data


@policy("ticket.open")
@require_GET
def new_ticket(request: Request) -> HttpResponse:
    """The form; `?q=` finds the customer, `?customer=` chooses one, `?kind=voice` notes a call."""
    chosen = _chosen(request, request.GET.get("customer", ""))
    kind = CALL if request.GET.get("kind") == CALL else MAIL
    start = {"kind": kind, "customer": chosen.pk if chosen else None, "submission": uuid.uuid4()}
    return _page(request, NewTicketForm(initial=start), chosen)


@policy("ticket.open")
@require_POST
def open_new_ticket(request: Request) -> HttpResponse:
    """422 with what was typed when something is missing; the same form twice opens one ticket."""
    form, chosen = NewTicketForm(request.POST), _chosen(request, request.POST.get("customer", ""))
    if form.is_valid():
        try:
            with transaction.atomic():
                ticket = _opened(form, chosen, request)
            return go(request, f"/tickets/{ticket.pk}/")
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.words)
    return _page(request, form, chosen, status=422)


def _opened(form: NewTicketForm, chosen: Customer | None, request: Request) -> Ticket:
    data = form.cleaned_data
    open_ = actions.note_call if data["kind"] == CALL else actions.write_first
    return open_(
        shop=data["shop"],
        customer=chosen or _identified(data),
        subject=data["subject"],
        text=data["text"],
        reason=data["reason"],
        submission=data["submission"],
        by=Actor.agent(request.user),
    )


def _identified(data: dict[str, Any]) -> Customer:
    if data["email"]:
        return identify(Identity.Kind.EMAIL, normalise_email(data["email"]), name=data["name"])
    return identify(Identity.Kind.PHONE, data["phone"], name=data["name"])


def _chosen(request: Request, pk: str) -> Customer | None:
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    return visible_customers(request.user).filter(pk=int(pk), merged_into=None).first()


def _page(request: Request, form: NewTicketForm, chosen: Customer | None, status: int = 200) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()[:200]
    found = customers_like(words, request.user, limit=FOUND) if words else []
    rows = visible_customers(request.user).filter(pk__in=found, merged_into=None).prefetch_related("identities")
    context = {"form": form, "chosen": chosen, "words": words, "found": rows if words else []}
    return render(request, PAGE, context, status=status)
