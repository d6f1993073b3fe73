"""/help/<shop>/orders/: where an order is, for whoever knows its number and its e-mail or postcode (S35)."""

from datetime import timedelta
from secrets import compare_digest

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Shop
from customers.models import Identity, Order
from faq.models import SelfServiceEntry
from faq.views.votes import from_our_page
from faq.visitor import public_page
from helpdesk.lib.flood import too_many

SALT = "order.page"
VALID = timedelta(hours=2)


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
        return _page(request, shop, language, FindForm(initial={"number": request.GET.get("number", "")[:60]}))
    form = FindForm(request.POST)
    if not from_our_page(request):
        form.add_error(None, _("This form came from another site. Send it again from here."))
    if form.is_valid() and too_many(request, "order", most=10, seconds=600):
        form.add_error(None, _("Too many tries from your address. Try again in ten minutes."))
        return _page(request, shop, language, form, 429)
    order = _known(shop, form.cleaned_data) if form.is_valid() else None
    if form.is_valid() and order is None:
        form.add_error(None, _("We find no order with this number and this e-mail or postcode."))
    if order is None:
        return _page(request, shop, language, form, 422)
    _note_tracked(order)
    token = signing.dumps(order.pk, salt=SALT)
    return HttpResponseRedirect(f"{request.path}{token}/?lang={language}")


@never_cache
@require_safe
@public_page
def order_page(request: HttpRequest, shop: Shop, language: str, token: str) -> HttpResponse:
    """State, parcel and items. 404 for a forged or expired link; reading records nothing."""
    order = _of_token(shop, token)
    context = {"shop": shop, "language": language, "order": order}
    response = render(request, "orders/order.html", context, status=200 if order else 404)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _known(shop: Shop, asked: dict[str, str]) -> Order | None:
    """The order that both answers fit. An unknown number costs the same comparisons as a wrong proof."""
    number = asked["number"].strip().removeprefix("#")
    order = Order.objects.filter(shop=shop, number__iexact=number).select_related("customer").first()
    emails = Identity.objects.filter(customer=order.customer_id if order else None, kind=Identity.Kind.EMAIL)
    proofs = [_plain(value) for value in emails.values_list("value", flat=True)]
    proofs.append(_plain(order.customer.postcode) if order else "")
    given = _plain(asked["proof"])
    fits = [compare_digest(proof.encode(), given.encode()) for proof in proofs if proof]
    return order if any(fits) else None


def _plain(text: str) -> str:
    return "".join(text.split()).lower()


def _note_tracked(order: Order) -> None:
    """One self-service entry per order and day: a shopper who looks five times asked one question."""
    SelfServiceEntry.objects.get_or_create(
        key=f"track:{order.pk}:{timezone.localdate()}",
        defaults={
            "shop": order.shop,
            "kind": SelfServiceEntry.Kind.ORDER_TRACKED,
            "customer_id": order.customer_id,
            "confirmed": True,
        },
    )


def _of_token(shop: Shop, token: str) -> Order | None:
    try:
        pk = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        return None
    return Order.objects.filter(shop=shop, pk=pk).first()


def _page(request: HttpRequest, shop: Shop, language: str, form: FindForm, status: int = 200) -> HttpResponse:
    return render(request, "orders/find.html", {"shop": shop, "language": language, "form": form}, status=status)
