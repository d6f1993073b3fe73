"""/help/<shop>/orders/code/: a code by e-mail opens all orders of that address. Whether it is known is never said."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import Shop
from customers import codes, passes
from faq.views.votes import from_our_page
from faq.visitor import public_page
from helpdesk.lib.addresses import is_email, normalise_email
from helpdesk.lib.flood import too_many, too_often
from tickets import actions, order_codes

PAGE = "orders/code.html"


@csrf_exempt  # shoppers get no cookie: the origin is checked instead
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def order_code(request: HttpRequest, shop: Shop, language: str) -> HttpResponse:
    """An address: a code goes there. An address and its code: the orders."""
    if request.method != "POST":
        return _page(request, shop, language)
    email, code = normalise_email(request.POST.get("email", "")[:254]), request.POST.get("code", "")[:20]
    if not from_our_page(request):
        return _page(request, shop, language, wrong=_("This form came from another site. Send it again from here."))
    if not is_email(email) or "\0" in email:
        wrong = _("This is not a complete address, for example jasmine.roy@example.com.")
        return _page(request, shop, language, wrong=wrong)
    if too_many(request, "order-code", most=20, seconds=600):
        wrong = _("Too many tries from your address. Try again in ten minutes.")
        return _page(request, shop, language, email, wrong=wrong, status=429)
    return _open(request, shop, language, email, code) if code else _send(request, shop, language, email)


def _send(request: HttpRequest, shop: Shop, language: str, email: str) -> HttpResponse:
    if not too_often(f"{shop.pk}:{email}", "order-code-mail", most=3, seconds=1800):
        order_codes.ask_for(shop, email, language)
    return _page(request, shop, language, email)


def _open(request: HttpRequest, shop: Shop, language: str, email: str, code: str) -> HttpResponse:
    right, customer = codes.spend(shop, email, code), codes.known(shop, email)
    if not right or customer is None:
        wrong = _("This code is wrong or too old. Ask for a new one if it does not arrive.")
        return _page(request, shop, language, email, wrong=wrong)
    if newest := customer.orders.filter(shop=shop).first():
        actions.note_tracked(newest)
    address = reverse("order-page", kwargs={"shop": shop.key, "token": passes.for_customer(customer)})
    return HttpResponseRedirect(f"{address}?lang={language}")


def _page(
    request: HttpRequest, shop: Shop, language: str, email: str = "", *, wrong: str = "", status: int = 422
) -> HttpResponse:
    context = {"shop": shop, "language": language, "email": email, "wrong": wrong}
    return render(request, PAGE, context, status=status if wrong else 200)
