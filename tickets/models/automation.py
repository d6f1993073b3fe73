from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop, Team, User
from tickets.models.event import Event
from tickets.models.label import Reason
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class Macro(models.Model):
    """A prepared answer with what goes with it. Mine, my team's, or the shop's (all empty: everybody's).

    `texts`: {"fr": {"text": "...", "html": "..."}, ...} with variables such as {{ customer.first_name }}.
    `steps`: what it does besides, [{"do": "tag", "add": ["vip"]}, ...], names of tickets.automation.
    """

    key = models.CharField(_("key"), max_length=200, unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=120)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, null=True, blank=True, related_name="macros")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="macros")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="macros")
    texts = models.JSONField(_("texts"), default=dict, blank=True)
    steps = models.JSONField(_("steps"), default=list, blank=True)
    guard = models.JSONField(_("only if"), default=dict, blank=True)  # conditions that the ticket must meet (S121)
    reasons = models.ManyToManyField(Reason, blank=True, related_name="macros")  # what it answers; others get a hint
    argues = models.BooleanField(_("argues"), default=False)  # locked while a complaint's hostility rises (S115)
    closes = models.BooleanField(_("is a closing"), default=False)
    archived = models.BooleanField(_("archived"), default=False)
    used = models.PositiveIntegerField(_("used"), default=0)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(team=None) | Q(owner=None), name="macro_of_a_team_or_of_a_person")
        ]

    def __str__(self) -> str:
        return self.name


class MacroUse(models.Model):
    """One use of a macro: for the usage and age report."""

    macro = models.ForeignKey(Macro, on_delete=models.CASCADE, related_name="uses")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.macro_id} #{self.ticket_id}"


class Rule(models.Model):
    """When something happens, if the ticket is so, then do this. In explicit order; each run is logged.

    `when`: {"event": "message", "from": "customer"} or {"since": "waiting_since", "seconds": 14400, "clock":
    "business"}. `conditions`: {"all": [...], "any": [...], "none": [...]} of {"field", "is", "value"}. `steps`: as
    Macro.steps.
    """

    key = models.CharField(_("key"), max_length=200, unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=120)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, null=True, blank=True, related_name="rules")
    position = models.PositiveIntegerField(_("position"), default=0)
    active = models.BooleanField(_("active"), default=True)
    when = models.JSONField(_("when"), default=dict)
    conditions = models.JSONField(_("if"), default=dict, blank=True)
    steps = models.JSONField(_("then"), default=list)
    stops = models.BooleanField(_("stop after this rule"), default=False)
    hourly_cap = models.PositiveIntegerField(_("at most so many runs an hour"), default=1000)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)  # the newest of all tells every process to read the rules again

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if not isinstance(self.when, dict):
            raise ValidationError({"when": _("Expected an object.")})


class RuleVersion(models.Model):
    """A rule as it was: each change keeps the old one."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["rule", "version"], name="rule_version_once")]

    def __str__(self) -> str:
        return f"{self.rule_id} v{self.version}"


class RuleRun(models.Model):
    """One rule tried on one ticket for one cause: what it did, or why not. The unique cause makes it run once.

    `cause`: "event:123" or "waiting_since:2026-11-22T10:00:00+00:00".
    """

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="runs")
    version = models.PositiveIntegerField()
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="rule_runs")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, null=True, related_name="rule_runs")
    cause = models.CharField(max_length=120)
    at = models.DateTimeField()
    did = models.JSONField(default=list)  # [{"do": "tag", "result": "..."}]
    refused = models.TextField(blank=True)  # why it did nothing: a cap, a refusal

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["rule", "ticket", "cause"], name="rule_runs_once")]
        indexes = [models.Index(fields=["rule", "-at"])]

    def __str__(self) -> str:
        return f"{self.rule_id} #{self.ticket_id}"


class Task(models.Model):
    """Something to do by somebody until a time: a call back, a gift, an article to write."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, null=True, blank=True, related_name="to_do")
    kind = models.CharField(max_length=20, default="task")
    title = models.CharField(_("title"), max_length=200)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="to_do")
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="to_do")
    due_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    outcome = models.TextField(_("outcome"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at=None), name="task_open")]

    def __str__(self) -> str:
        return self.title


class Webhook(models.Model):
    """An address of the shop's developers that hears of events. `sealed_secret` signs what is sent."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, null=True, blank=True, related_name="webhooks")
    name = models.CharField(_("name"), max_length=120)
    url = models.URLField(_("address"), max_length=500)
    events = models.JSONField(_("events"), default=list)  # kinds of Event; empty = only those a rule sends
    sealed_secret = models.TextField(editable=False, blank=True)
    active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(models.Model):
    """One event on its way to one webhook: tried until it is taken or hopeless."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    cause = models.CharField(max_length=120, default="subscription")
    state = models.CharField(max_length=6, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["webhook", "event", "cause"], name="webhook_delivery_once")]
        indexes = [models.Index(fields=["next_attempt_at"], condition=Q(state="queued"), name="webhook_waiting")]

    def __str__(self) -> str:
        return f"{self.webhook_id} {self.state}"
