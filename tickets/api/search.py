"""/search/: what a person may know of that says the words asked for, the nearest first."""

from typing import Any

from django.conf import settings
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import may
from customers.models import Customer, Identity, Order
from helpdesk.api.fields import Shown, Strict, Text
from helpdesk.api.views import Api, check
from tickets.access import visible_customers
from tickets.api.customers import OrderOut
from tickets.api.people import BriefCustomer
from tickets.models import Ticket

MOST = 20  # of each kind


class Asked(Strict):
    q = Text(max_length=200)


class FoundTicket(Shown):
    number = serializers.IntegerField(source="pk")
    customer = BriefCustomer()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Ticket
        fields = ["number", "subject", "state", "snippet", "customer", "opened_at", "last_activity_at", "url"]

    def get_url(self, ticket: Ticket) -> str:
        return f"{settings.PUBLIC_URL}{reverse('ticket', args=[ticket.pk])}"


class Found(serializers.Serializer[Any]):
    tickets = FoundTicket(many=True)
    customers = BriefCustomer(many=True)
    orders = OrderOut(many=True)
    articles = serializers.ListField(child=serializers.DictField())


class Search(Api):
    """Tickets, customers, orders and articles in one answer, at most 20 of each."""

    policy = {"find": "ticket.read"}
    out = Found

    @extend_schema(parameters=[Asked], responses=Found)
    def find(self, request: Request) -> Response:
        """The exact number or address first, then what carries the words in its title, then the rest, newest first."""
        words = check(Asked, request.query_params)["q"]
        found = {
            "tickets": self._tickets(words),
            "customers": self._customers(words),
            "orders": self._orders(words),
            "articles": [],
        }
        return self.show(found, Found)

    def _tickets(self, words: str) -> QuerySet[Ticket]:
        tickets = Ticket.objects.visible_to(self.me).present()
        tickets = tickets.matching(words, addresses=may(self.me, "customer.contact"))
        number = words.removeprefix("#")
        is_number = number.isascii() and number.isdecimal() and len(number) < 19
        exact = [When(pk=int(number), then=Value(0))] if is_number else []
        rank = Case(
            *exact,
            When(subject__iexact=words, then=Value(1)),
            When(subject__icontains=words, then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        )
        shown = tickets.select_related("customer").prefetch_related("customer__identities")
        return shown.order_by(rank, "-last_activity_at", "-pk")[:MOST]

    def _customers(self, words: str) -> QuerySet[Customer]:
        matches = Q(name__icontains=words)
        if may(self.me, "customer.contact"):
            matches |= Q(pk__in=Identity.objects.filter(value__icontains=words).values("customer"))
        rank = Case(
            When(name__iexact=words, then=Value(0)),
            When(name__istartswith=words, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        found = visible_customers(self.me).filter(matches, merged_into=None)
        return found.prefetch_related("identities").order_by(rank, "name", "pk")[:MOST]

    def _orders(self, words: str) -> QuerySet[Order]:
        number = words.removeprefix("#")
        theirs = Order.objects.filter(customer__in=visible_customers(self.me))
        rank = Case(When(number__iexact=number, then=Value(0)), default=Value(1), output_field=IntegerField())
        found = theirs.filter(Q(number__icontains=number) | Q(tracking__number__iexact=words))
        shown = found.select_related("shop", "customer").prefetch_related("customer__identities")
        return shown.order_by(rank, "-placed_at", "-pk")[:MOST]
