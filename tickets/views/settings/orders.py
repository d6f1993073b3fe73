"""/settings/orders/: what the shoppers of each shop may do with their orders themselves (S34, S129)."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop
from customers.models import OrderRules
from tickets.views.settings import shell

if TYPE_CHECKING:
    OrderRulesModelForm = forms.ModelForm[OrderRules]
else:
    OrderRulesModelForm = forms.ModelForm  # not subscriptable at run time

PAGE = "settings/orders.html"
LONGEST_RETURN = 366  # days


class OrderRulesForm(OrderRulesModelForm):
    return_days = forms.IntegerField(
        label=OrderRules._meta.get_field("return_days").verbose_name,
        help_text=OrderRules._meta.get_field("return_days").help_text,
        min_value=0,
        max_value=LONGEST_RETURN,
    )

    class Meta:
        model = OrderRules
        fields = ["cancel_until", "address_until", "return_days"]


@policy("settings.write")
@require_GET
def order_rules(request: Request) -> HttpResponse:
    """The shop of `?shop=` by key, else the first."""
    shop = _shop(request.GET.get("shop", ""))
    return _page(request, shop, OrderRulesForm(instance=OrderRules.of(shop)))


@policy("settings.write")
@require_POST
def save_order_rules(request: Request) -> HttpResponse:
    shop = _shop(request.POST.get("shop", ""))
    form = OrderRulesForm(request.POST, instance=OrderRules.of(shop))
    if not form.is_valid():
        return _page(request, shop, form, status=422)
    form.save()
    messages.success(request, _("Saved."))
    return redirect(f"/settings/orders/?shop={shop.key}")


def _shop(key: str) -> Shop:
    shops = Shop.objects.order_by("pk")
    return shops.filter(key=key).first() or get_object_or_404(shops[:1])


def _page(request: Request, shop: Shop, form: OrderRulesForm, status: int = 200) -> HttpResponse:
    context = {"shop": shop, "shops": Shop.objects.all(), "form": form}
    return render(request, PAGE, context | shell(request, "settings-orders"), status=status)
