from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop, Team, User
from channels_app.models import Channel, ChannelKind
from customers.models import Customer, Order
from tickets.models.label import Reason
from tickets.querysets import ABSORBED, TicketQuerySet
from tickets.states import DONE, LIVE, State


class Priority(models.IntegerChoices):
    LOW = 1, _("Low")
    NORMAL = 2, _("Normal")
    HIGH = 3, _("High")
    URGENT = 4, _("Urgent")

    @property
    def key(self) -> str:
        """The word of the API and the archive."""
        return self.name.lower()

    @classmethod
    def from_key(cls, key: str) -> "Priority":
        """KeyError for a word that is no priority."""
        return cls[key.upper()]


class Ticket(models.Model):
    """One conversation with one customer about one thing. Its number is its primary key, shown as #1042."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="tickets")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="tickets", null=True)
    channel_kind = models.CharField(max_length=12, choices=ChannelKind.choices)  # where it began; never changes
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="tickets")
    subject = models.CharField(_("subject"), max_length=998, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.NEW)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets")
    assignee = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets")
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets")
    language = models.CharField(_("language"), max_length=8, blank=True)
    orders = models.ManyToManyField(Order, blank=True, related_name="tickets")

    opened_at = models.DateTimeField(_("opened"))
    opened_by_customer = models.BooleanField(default=True)
    waiting_since = models.DateTimeField(null=True, blank=True)  # the first customer message not yet answered
    due_at = models.DateTimeField(null=True, blank=True)  # the deadline of that wait
    assigned_at = models.DateTimeField(null=True, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True)  # the standing solve
    closed_at = models.DateTimeField(null=True, blank=True)
    last_activity_at = models.DateTimeField()
    snoozed_until = models.DateTimeField(null=True, blank=True)
    wakes_on = models.CharField(max_length=20, blank=True)  # an order's event (shipped, delivered) that ends the snooze
    requested_outcome = models.CharField(_("what the customer wants"), max_length=300, blank=True)  # S142
    fields = models.JSONField(default=dict, blank=True)  # values of CustomField, by key
    skip_survey = models.BooleanField(default=False)

    spam = models.BooleanField(default=False)
    deleted_at = models.DateTimeField(null=True, blank=True)
    is_test = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="follow_ups")
    # A constant of the index conditions: with a bound parameter the planner drops the partial index.
    is_live = models.GeneratedField(
        expression=Case(
            When(
                Q(state__in=sorted(LIVE), spam=False, deleted_at=None, merged_into=None),
                then=Value(True),
            ),
            default=Value(False),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    snippet = models.CharField(max_length=200, blank=True)  # the newest message, for lists
    version = models.PositiveIntegerField(default=1)  # grows with every change; stale edits are refused
    key = models.CharField(max_length=200, unique=True, null=True, blank=True)
    submission = models.UUIDField(unique=True, null=True, editable=False)  # the same form twice = one ticket
    extra = models.JSONField(default=dict, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.SOLVED, solved_at__isnull=False, closed_at=None)
                | Q(state=State.CLOSED, closed_at__isnull=False)
                | Q(state__in=sorted(LIVE), solved_at=None, closed_at=None),
                name="ticket_done_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(assignee=None, assigned_at=None) | Q(assignee__isnull=False, assigned_at__isnull=False),
                name="ticket_assigned_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(due_at=None) | Q(waiting_since__isnull=False), name="ticket_due_only_while_waiting"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("pk")), name="ticket_not_merged_into_itself"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "-id"], condition=Q(is_live=True), name="ticket_live"),
            models.Index(fields=["assignee", "due_at", "-id"], condition=Q(is_live=True), name="ticket_live_assignee"),
            models.Index(fields=["team", "due_at", "-id"], condition=Q(is_live=True), name="ticket_live_team"),
            models.Index(fields=["assignee"], include=["state"], condition=Q(is_live=True), name="ticket_live_load"),
            models.Index(
                fields=["due_at", "-id"], condition=Q(is_live=True, assignee=None), name="ticket_live_unassigned"
            ),
            models.Index(fields=["-last_activity_at", "-id"], name="ticket_recent"),
            models.Index(fields=["customer", "-opened_at"], name="ticket_of_customer"),
            models.Index(fields=["snoozed_until"], condition=Q(snoozed_until__isnull=False), name="ticket_snoozed"),
            GinIndex(fields=["tags"], name="ticket_tags"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"

    @property
    def number(self) -> int:
        return self.pk

    @property
    def is_done(self) -> bool:
        return State(self.state) in DONE

    def family(self) -> list[int]:
        """Its number and those of the tickets merged into it, and into these; read once per object. An OR over the join
        would read every message there is."""
        if not hasattr(self, "_family"):
            known = getattr(self, "absorbed", None)  # where the query that found it told them
            if known is None:
                known = Ticket.objects.values_list(ABSORBED, flat=True).get(pk=self.pk)
            self._family: list[int] = [self.pk, *known]
        return self._family

    def survivor(self) -> "Ticket":
        """The ticket where this one is read: itself, or the end of the merges."""
        ticket = self
        while ticket.merged_into is not None:
            ticket = ticket.merged_into
        return ticket

    def orders_meant(self) -> list[Order]:
        """What it is about: its own orders, else its customer's in this shop; the newest first."""
        own = list(self.orders.all()) if self.pk else []
        if own or not self.customer_id:
            return own
        if "orders" in getattr(self.customer, "_prefetched_objects_cache", {}):
            return [one for one in self.customer.orders.all() if one.shop_id == self.shop_id][:20]
        return list(self.customer.orders.filter(shop=self.shop_id)[:20])

    def is_overdue(self, at: datetime) -> bool:
        return self.due_at is not None and self.due_at < at
