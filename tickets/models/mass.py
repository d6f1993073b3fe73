from django.db import models
from django.db.models import Q

from accounts.models import User
from tickets.models.automation import Macro
from tickets.models.event import Event
from tickets.models.message import Message
from tickets.models.problem import Problem
from tickets.models.ticket import Ticket
from tickets.states import State


class MassAnswer(models.Model):
    """One answer to the customers of many tickets: words of one's own, a macro with its steps, or both.

    `texts`: as Macro.texts, with its variables; kept here so that all are told the same when the macro changes.
    """

    problem = models.ForeignKey(Problem, on_delete=models.SET_NULL, null=True, blank=True, related_name="answers")
    macro = models.ForeignKey(Macro, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    texts = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict)  # what the agent was asked for, by name
    then = models.CharField(max_length=8, choices=State.choices, blank=True)
    seen = models.BigIntegerField(default=0)  # the newest message there was when its author looked
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submission = models.UUIDField(unique=True, editable=False)  # the same form twice = one answer
    at = models.DateTimeField(auto_now_add=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)  # nothing more is said from then on

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.by_id} {self.at:%Y-%m-%d %H:%M}"


class MassPartQuerySet(models.QuerySet["MassPart"]):
    def waiting(self) -> "MassPartQuerySet":
        return self.filter(done_at=None, left_out="")


class MassPart(models.Model):
    """What a mass answer means for one ticket: done once, in the transaction that says so, or left out and why."""

    answer = models.ForeignKey(MassAnswer, on_delete=models.CASCADE, related_name="parts")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    done_at = models.DateTimeField(null=True)
    left_out = models.CharField(max_length=300, blank=True)  # why, in the words of its author's language
    message = models.OneToOneField(Message, on_delete=models.SET_NULL, null=True, related_name="+")
    used = models.ForeignKey(Event, on_delete=models.SET_NULL, null=True, related_name="+")  # the macro's event

    objects = MassPartQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "ticket"], name="mass_part_once_per_ticket"),
            models.CheckConstraint(condition=Q(done_at=None) | Q(left_out=""), name="mass_part_done_or_left_out"),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(done_at=None, left_out=""), name="mass_part_waiting")]

    def __str__(self) -> str:
        return f"#{self.ticket_id}"
