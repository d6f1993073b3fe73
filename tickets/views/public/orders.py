"""/help/<shop>/orders/: where an order is and what can be changed, for whoever knows its number and its e-mail or
postcode, or owns the mailbox (S34, S35, S129).
"""

import uuid
from collections.abc import Callable
from secrets import compare_digest
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Shop
from customers import passes
from customers.models import Identity, Order, OrderDeed
from customers.passes import Bearer, bearer_of
from customers.stores.registry import store_of
from faq.views.votes import from_our_page
from faq.visitor import public_page
from helpdesk.lib.flood import too_many
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.actors import CUSTOMER
from tickets.views.public.contact import form_channel
from tickets.views.public.order_shown import shown

FIND, PAGE = "orders/find.html", "orders/order.html"
LONGEST = 2000


class FindForm(forms.Form):
    """Both must fit; which of them did not is never said."""

    number = forms.CharField(label=gettext_lazy("Order number"), max_length=60)
    proof = forms.CharField(label=gettext_lazy("E-mail or postcode of the order"), max_length=254)


@csrf_exempt  # shoppers get no cookie: the origin is checked instead
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def find_order(request: HttpRequest, shop: Shop, language: str) -> HttpResponse:
    """The two questions; the right pair leads to the order's own page, any other to the same words."""
    if request.method != "POST":
        return _find(request, shop, language, FindForm(initial={"number": request.GET.get("number", "")[:60]}))
    form = FindForm(request.POST)
    if not from_our_page(request):
        form.add_error(None, _("This form came from another site. Send it again from here."))
    if form.is_valid() and too_many(request, "order", most=10, seconds=600):
        form.add_error(None, _("Too many tries from your address. Try again in ten minutes."))
        return _find(request, shop, language, form, 429)
    order = _known(shop, form.cleaned_data) if form.is_valid() else None
    if form.is_valid() and order is None:
        form.add_error(None, _("We find no order with this number and this e-mail or postcode."))
    if order is None:
        return _find(request, shop, language, form, 422)
    actions.note_tracked(order)
    return HttpResponseRedirect(f"{_address(shop, passes.for_order(order))}?lang={language}")


@never_cache
@require_safe
@public_page
def order_page(request: HttpRequest, shop: Shop, language: str, token: str) -> HttpResponse:
    """One order, or all of somebody who has proven their mailbox. 404 for a forged or expired link; reading records
    nothing."""
    return _page(request, shop, language, token)


@csrf_exempt  # the pass in the address is the proof
@require_POST
@public_page
def cancel_order(request: HttpRequest, shop: Shop, language: str, token: str) -> HttpResponse:
    return _act(request, shop, language, token, lambda bearer, order: actions.cancel_order(order, by=CUSTOMER))


@csrf_exempt
@require_POST
@public_page
def return_order(request: HttpRequest, shop: Shop, language: str, token: str) -> HttpResponse:
    items, why = request.POST.getlist("items")[:100], _words(request, "why")

    def do(bearer: Bearer, order: Order) -> object:
        return actions.return_order(order, items=items, why=why, by=CUSTOMER)

    return _act(request, shop, language, token, do)


@csrf_exempt
@require_POST
@public_page
def change_address(request: HttpRequest, shop: Shop, language: str, token: str) -> HttpResponse:
    """A parcel is sent elsewhere only at the word of somebody who has proven the mailbox."""

    def do(bearer: Bearer, order: Order) -> object:
        if not bearer.proven:
            raise Refused("address", _("Prove first that the mailbox of the order is yours."))
        return actions.change_order_address(order, address=_words(request, "address"), by=CUSTOMER)

    return _act(request, shop, language, token, do)


@csrf_exempt
@require_POST
@public_page
def ask_about_order(request: HttpRequest, shop: Shop, language: str, token: str) -> HttpResponse:
    """What only a person can do: a ticket that says it, without a word to type."""
    wishes = {
        OrderDeed.Kind.CANCEL: _("I would like to cancel my order %(number)s."),
        OrderDeed.Kind.RETURN: _("I would like to return something from my order %(number)s."),
        OrderDeed.Kind.CHANGE_ADDRESS: _("I would like my order %(number)s to be delivered elsewhere."),
    }

    def do(bearer: Bearer, order: Order) -> object:
        kind, key = request.POST.get("kind", ""), request.POST.get("submission", "")
        if kind not in wishes:
            raise Refused("kind", _("Choose what you would like."))
        wish = wishes[OrderDeed.Kind(kind)] % {"number": order.number}
        text = "\n\n".join(part for part in (wish, _words(request, "why")) if part)
        return actions.ask_about_order(
            order, subject=wish.rstrip("."), text=text, channel=form_channel(shop), language=language,
            submission=uuid.uuid5(uuid.NAMESPACE_URL, f"{key}:{order.pk}:{kind}"),
        )  # fmt: skip

    return _act(request, shop, language, token, do, said="asked")


def _act(
    request: HttpRequest,
    shop: Shop,
    language: str,
    token: str,
    do: Callable[[Bearer, Order], object],
    *,
    said: str = "done",
) -> HttpResponse:
    """Do it and show the order as it is now; 422 with what was refused."""
    bearer = bearer_of(shop, token)
    if bearer is None or bearer.order is None:
        return _page(request, shop, language, token)
    if not from_our_page(request):
        refused = _("This form came from another site. Send it again from here.")
        return _page(request, shop, language, token, refused=refused)
    if too_many(request, "order-act", most=20, seconds=600):
        refused = _("Too many tries from your address. Try again in ten minutes.")
        return _page(request, shop, language, token, refused=refused, status=429)
    try:
        do(bearer, bearer.order)
    except Refused as refusal:
        return _page(request, shop, language, token, refused=refusal.words)
    return HttpResponseRedirect(f"{_address(shop, token)}?lang={language}&said={said}")


def _known(shop: Shop, asked: dict[str, str]) -> Order | None:
    """The order that both answers fit. An unknown number costs the same comparisons as a wrong proof."""
    order = store_of(shop).find(shop, asked["number"])
    emails = Identity.objects.filter(customer=order.customer_id if order else None, kind=Identity.Kind.EMAIL)
    proofs = [_plain(value) for value in emails.values_list("value", flat=True)]
    proofs.append(_plain(order.customer.postcode) if order else "")
    given = _plain(asked["proof"])
    fits = [compare_digest(proof.encode(), given.encode()) for proof in proofs if proof]
    return order if any(fits) else None


def _plain(text: str) -> str:
    return "".join(text.split()).lower()


def _words(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()[:LONGEST]


def _address(shop: Shop, token: str) -> str:
    return reverse("order-page", kwargs={"shop": shop.key, "token": token})


def _find(request: HttpRequest, shop: Shop, language: str, form: FindForm, status: int = 200) -> HttpResponse:
    return render(request, FIND, {"shop": shop, "language": language, "form": form}, status=status)


def _page(
    request: HttpRequest, shop: Shop, language: str, token: str, *, refused: str = "", status: int = 422
) -> HttpResponse:
    bearer = bearer_of(shop, token)
    context: dict[str, Any] = {"shop": shop, "language": language, "bearer": bearer, "token": token, "refused": refused}
    if bearer and bearer.order:
        context |= {"shown": shown(bearer), "said": request.GET.get("said", ""), "submission": uuid.uuid4()}
    elif bearer:
        rows = bearer.orders.order_by("-placed_at")[:50]
        context["orders"] = [(order, _address(shop, passes.for_order(order, proven=True))) for order in rows]
    found = status if refused else 200
    response = render(request, PAGE, context, status=found if bearer else 404)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
