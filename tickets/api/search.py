"""/search/: what a person may know of that says the words asked for, the nearest first."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Customer, Order
from helpdesk.api.fields import Shown, Strict, Text
from helpdesk.api.views import Api, check
from tickets.access import visible_customers
from tickets.api.customers import OrderOut
from tickets.api.people import BriefCustomer
from tickets.models import Ticket
from tickets.search import ask, customers_like, orders_like, tickets_like

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
        """The exact number first, then tickets of the people and orders named, then what says the words, newer and
        in the title before older. Accents, word endings and single misspellings do not matter; `state:open`,
        `channel:`, `tag:`, `assignee:`, `team:`, `priority:`, `reason:`, `before:` and `after:` narrow it."""
        words = check(Asked, request.query_params)["q"]
        found = {
            "tickets": self._tickets(words),
            "customers": self._customers(words),
            "orders": self._orders(words),
            "articles": [],
        }
        return self.show(found, Found)

    def _tickets(self, words: str) -> list[Ticket]:
        numbers = tickets_like(ask(words), self.me, limit=MOST).numbers
        rows = Ticket.objects.select_related("customer").prefetch_related("customer__identities").in_bulk(numbers)
        return [rows[number] for number in numbers]

    def _customers(self, words: str) -> list[Customer]:
        ids = customers_like(words, self.me, limit=MOST)
        rows = visible_customers(self.me).prefetch_related("identities").in_bulk(ids)
        return [rows[pk] for pk in ids if pk in rows]

    def _orders(self, words: str) -> QuerySet[Order]:
        found = orders_like(words, self.me, limit=MOST)
        return found.select_related("shop", "customer").prefetch_related("customer__identities")
