"""/customers/ and /orders/: here and not in their app, because who may know of a customer depends on tickets."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import may
from accounts.models import Shop
from customers import passes
from customers.identify import add_phone, normalise_email, normalise_phone
from customers.models import Customer, Identity, Order
from faq import addresses
from helpdesk.api.fields import Flag, Instant, Json, Listing, Named, Shown, StrictModel, Text, orderings
from helpdesk.api.problems import Conflict
from helpdesk.api.views import Writes
from tickets.access import visible_customers
from tickets.api.people import BriefCustomer, FullCustomer
from tickets.api.refusals import refusals

POLICY = {
    "list": "customer.read",
    "retrieve": "customer.read",
    "create": "customer.write",
    "partial_update": "customer.write",
}


class CustomerListing(Listing):
    email = Text(required=False, max_length=320)
    phone = Text(required=False, max_length=40)
    q = Text(required=False, max_length=200, help_text="Part of the name.")
    ordering = orderings("id", "name", "created_at")


class CustomerIn(StrictModel):
    email = serializers.EmailField(max_length=254, required=False)
    phone = Text(max_length=40, required=False)
    vip = Flag(required=False)

    class Meta:
        model = Customer
        fields = ["email", "phone", "name", "language", "postcode", "timezone", "vip", "notes"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        reachable = {name for name in ("email", "phone") if attrs.get(name)}
        if self.instance is None and not reachable:
            raise ValidationError({"email": "Give an e-mail address or a phone number."}, "required")
        if self.instance is not None and reachable:
            fixed = dict.fromkeys(reachable, "An identity cannot be changed here.")
            raise ValidationError(fixed, "fixed")
        return attrs


class Customers(Writes):
    """Who writes to the shops. Partners see names, and no way to reach anybody."""

    policy = POLICY
    model, out, into, listing = Customer, FullCustomer, CustomerIn, CustomerListing

    def rows(self) -> QuerySet[Customer]:
        return visible_customers(self.me).filter(merged_into=None).prefetch_related("identities")

    def filtered(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        wanted = self.listed
        if "q" in wanted:
            rows = rows.filter(name__icontains=wanted["q"])
        for kind, normalise in ((Identity.Kind.EMAIL, normalise_email), (Identity.Kind.PHONE, normalise_phone)):
            if kind in wanted:
                known = Identity.objects.filter(kind=kind, value=normalise(wanted[kind]))
                rows = rows.filter(identities__in=known) if may(self.me, "customer.contact") else rows.none()
        return rows

    @transaction.atomic
    def store(self, row: Customer, form: dict[str, Any]) -> Customer:
        email, phone = normalise_email(form.pop("email", "")), form.pop("phone", "")
        row.created_at = row.created_at or timezone.now()
        taken = Identity.objects.filter(kind="email", value=email) | Identity.objects.filter(
            kind="phone", value=normalise_phone(phone)
        )
        if taken.exists():
            raise Conflict("A customer with this address or number exists.", "exists", "email" if email else "phone")
        super().store(row, form)
        if email:
            Identity.objects.create(customer=row, kind=Identity.Kind.EMAIL, value=email)
        if phone:
            with refusals():
                add_phone(row, phone)
        return Customer.objects.prefetch_related("identities").get(pk=row.pk)


class OrderListing(Listing):
    shop = Named(Shop, "key", required=False)
    customer = serializers.IntegerField(required=False, min_value=0, max_value=2**63 - 1)
    number = Text(required=False, max_length=60)
    ordering = orderings("-placed_at", "id")


class OrderOut(Shown):
    shop: Any = serializers.SlugRelatedField(slug_field="key", read_only=True)
    customer = BriefCustomer()
    items = serializers.ListField(child=serializers.DictField())
    tracking = serializers.DictField()

    class Meta:
        model = Order
        fields = [
            *("id", "shop", "customer", "number", "placed_at", "status", "total", "currency", "items", "tracking"),
        ]


class OrderIn(StrictModel):
    shop = Named(Shop, "key")
    customer = serializers.IntegerField(min_value=0, max_value=2**63 - 1)
    placed_at = Instant()
    currency = serializers.RegexField(r"^[A-Z]{3}$")
    items = Json(kind=list, required=False)
    tracking = Json(required=False)

    class Meta:
        model = Order
        fields = ["shop", "customer", "number", "placed_at", "status", "total", "currency", "items", "tracking"]

    def validate_customer(self, value: int) -> Customer:
        customer: Customer | None = visible_customers(self.context["request"].user).filter(pk=value).first()
        if customer is None:
            raise ValidationError("There is no such customer.", "does_not_exist")
        return customer

    def validate_items(self, value: list[Any]) -> list[Any]:
        known = {"sku", "name", "quantity", "price"}
        if not all(isinstance(item, dict) and set(item) <= known for item in value):
            raise ValidationError("Expected [{sku, name, quantity, price}].")
        return value


class OrderLinks(serializers.Serializer[Any]):
    """Pages for the order's own customer, to be put into letters."""

    track = serializers.URLField(help_text="Where the order is; what can be changed stands there.")
    write = serializers.URLField(help_text="The contact form, with the order chosen.")
    help = serializers.URLField(help_text="The help centre.")
    until = serializers.DateTimeField(help_text="When the signed links end.")


class Orders(Writes):
    """Orders as the store knows them."""

    policy = POLICY | {"links": "customer.read"}
    model, out, into, listing = Order, OrderOut, OrderIn, OrderListing

    def rows(self) -> QuerySet[Order]:
        theirs = Order.objects.filter(customer__in=visible_customers(self.me))
        return theirs.select_related("shop", "customer").prefetch_related("customer__identities")

    @extend_schema(responses=OrderLinks)
    @action(detail=True, methods=["get"])
    def links(self, request: Request, pk: int) -> Response:
        """Signed addresses for the mails that a shop sends about this order (S7). Whoever holds one sees the order."""
        order: Order = self.get_object()
        return self.show(links_of(order), OrderLinks)


def links_of(order: Order) -> dict[str, Any]:
    """What stands in OrderLinks, for an order whose shop is loaded."""
    shop, token = order.shop, passes.for_order(order, lasts=passes.LETTER)
    track = reverse("order-page", kwargs={"shop": shop.key, "token": token})
    write = f"{reverse('contact', kwargs={'shop': shop.key})}?about={token}"
    return {
        "track": addresses.absolute(shop, track),
        "write": addresses.absolute(shop, write),
        "help": addresses.absolute(shop, addresses.home(shop)),
        "until": timezone.now() + passes.LETTER,
    }
