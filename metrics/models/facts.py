from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop, Team, User
from channels_app.models import ChannelKind
from customers.models import Customer, Order
from surveys.models import Review, Survey
from tickets.models import Promise, Reason, Ticket
from tickets.models.sla import Deadline


class Why(models.TextChoices):
    """Why a ticket is in no figure (KPIS 4.8)."""

    COUNTED = "", _("counted")
    TEST = "test", _("a test")
    SPAM = "spam", _("spam")
    DELETED = "deleted", _("deleted")
    MERGED = "merged", _("merged into another ticket")


class TicketFacts(models.Model):
    """What a ticket's timeline says, in numbers; recomputed whole whenever the ticket changes.

    Lengths are microseconds: `_us` by the calendar, `_open_us` of the shop's opening hours. Null = has not happened
    (or, for `_open_us`, the shop has no hours), never 0.
    """

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, primary_key=True, related_name="facts")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")  # after merges
    channel_kind = models.CharField(max_length=12, choices=ChannelKind.choices)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.ForeignKey(Reason, on_delete=models.SET_NULL, null=True, related_name="+")
    assignee = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    excluded = models.CharField(max_length=7, choices=Why.choices, blank=True, default="")
    by_customer = models.BooleanField()
    about_order = models.BooleanField(db_default=False)
    opened_at = models.DateTimeField()
    started_at = models.DateTimeField()  # 4.1; after a merge the earliest of all
    warnings = ArrayField(models.CharField(max_length=40), default=list)

    # Of tickets that a colleague opened too: the figure leaves those out, and says so.
    first_reply_at = models.DateTimeField(null=True)
    first_reply_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    first_reply_us = models.BigIntegerField(null=True)
    first_reply_open_us = models.BigIntegerField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledge_us = models.BigIntegerField(null=True)
    acknowledge_open_us = models.BigIntegerField(null=True)
    replies = models.PositiveIntegerField(default=0)  # human, in the ticket's whole life
    # When a wait of it ended last before its opening (after a merge), and first from then on: the two say whether one
    # ended in a window in which the ticket was opened.
    answered_before_at = models.DateTimeField(null=True)
    answered_after_at = models.DateTimeField(null=True)

    first_solved_at = models.DateTimeField(null=True)
    first_solved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    first_resolution_us = models.BigIntegerField(null=True)
    first_resolution_open_us = models.BigIntegerField(null=True)
    came_back = models.BooleanField(db_default=False)  # after the first solve, by a reopening or another ticket
    solved_at = models.DateTimeField(null=True)  # the standing solve (4.5)
    solved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    resolution_us = models.BigIntegerField(null=True)
    resolution_open_us = models.BigIntegerField(null=True)
    requester_wait_us = models.BigIntegerField(null=True)
    requester_wait_open_us = models.BigIntegerField(null=True)
    replies_to_solve = models.PositiveIntegerField(null=True)
    abandoned_at = models.DateTimeField(null=True)

    class Meta:
        # Each carries what figures of that date read of every row, so that they need no look at the table.
        indexes = [
            models.Index(
                fields=["opened_at"],
                include=[
                    "ticket", "shop", "excluded", "by_customer", "about_order", "channel_kind", "reason",
                    "abandoned_at", "answered_before_at", "answered_after_at",
                ],
                name="facts_opened",
            ),
            models.Index(
                fields=["first_reply_at"],
                include=[
                    "ticket", "shop", "excluded", "by_customer", "channel_kind", "first_reply_us",
                    "first_reply_open_us",
                ],
                condition=Q(first_reply_at__isnull=False),
                name="facts_answered",
            ),
            models.Index(fields=["acknowledged_at"], condition=Q(acknowledged_at__isnull=False), name="facts_acked"),
            models.Index(
                fields=["first_solved_at"],
                include=[
                    "ticket", "shop", "excluded", "first_resolution_us", "first_resolution_open_us", "came_back",
                ],
                condition=Q(first_solved_at__isnull=False),
                name="facts_first",
            ),
            models.Index(
                fields=["solved_at"],
                include=[
                    "ticket", "shop", "excluded", "resolution_us", "resolution_open_us", "requester_wait_us",
                    "requester_wait_open_us", "replies_to_solve",
                ],
                condition=Q(solved_at__isnull=False),
                name="facts_solved",
            ),
            models.Index(fields=["ticket"], include=["shop", "excluded", "by_customer"], name="facts_at_hand"),
            models.Index(
                fields=["customer", "opened_at"],
                include=["excluded", "by_customer", "reason"],
                name="facts_of_customer",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"#{self.ticket_id}"


class WaitFact(models.Model):
    """One wait of a customer (4.3); without `ended_at` nobody has answered."""

    facts = models.ForeignKey(TicketFacts, on_delete=models.CASCADE, related_name="waits")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    counted = models.BooleanField()  # as its ticket: here too, because a join for every row costs more than counting it
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    wait_us = models.BigIntegerField(null=True)
    wait_open_us = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["started_at", "pk"]
        indexes = [
            models.Index(
                fields=["ended_at"],
                include=["facts", "shop", "counted", "wait_us", "wait_open_us", "started_at"],
                condition=Q(ended_at__isnull=False),
                name="wait_ended",
            ),
            models.Index(
                fields=["started_at"],
                include=["facts", "shop", "counted"],
                condition=Q(ended_at=None),
                name="wait_running",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.facts_id} {self.started_at}"


class OpenSpan(models.Model):
    """A stretch in which a ticket was unsolved: from its opening or a reopening to a solve or a close."""

    facts = models.ForeignKey(TicketFacts, on_delete=models.CASCADE, related_name="spans")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    counted = models.BooleanField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    solved = models.BooleanField(default=False)  # ended by a solve; else closed unsolved (4.4)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    reopened_us = models.BigIntegerField(null=True)  # how long after its end it was reopened

    class Meta:
        ordering = ["started_at", "pk"]
        indexes = [
            models.Index(fields=["started_at"], name="span_started"),
            models.Index(
                fields=["ended_at"],
                include=["id", "shop", "counted", "solved", "reopened_us", "started_at"],
                condition=Q(ended_at__isnull=False),
                name="span_ended",
            ),
            models.Index(
                fields=["facts"],
                include=["id", "shop", "counted", "started_at", "ended_at"],
                condition=Q(ended_at=None),
                name="span_running",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.facts_id} {self.started_at}"


class OrderFact(models.Model):
    """What an order says of its customer, after merges: of any shop, or (`here`) of the order's own."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, primary_key=True, related_name="+")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    placed_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    paid = models.DecimalField(max_digits=12, decimal_places=2, null=True)  # None: cancelled or refunded
    first_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    first_here_at = models.DateTimeField()
    next_here_at = models.DateTimeField(null=True)
    helped_at = models.DateTimeField(null=True)  # the opening of the last ticket before it that a colleague answered

    class Meta:
        indexes = [
            models.Index(
                fields=["placed_at"],
                include=[
                    "shop", "currency", "paid", "first_at", "next_at", "first_here_at", "next_here_at", "helped_at",
                ],
                name="order_placed",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.order_id} {self.placed_at}"


# What hangs on a ticket leads straight to its facts: the way round by the ticket is a third of what targets cost.
for model in (Deadline, Promise, Review, Survey):
    models.ForeignObject(
        TicketFacts, models.DO_NOTHING, from_fields=["ticket"], to_fields=["ticket"], null=True, related_name="+"
    ).contribute_to_class(model, "facts", private_only=True)
