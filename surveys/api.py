"""/surveys/ and /survey-policies/: what customers answered, answers collected elsewhere, and when we ask."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import may
from accounts.api import POLICY
from accounts.models import Shop, User
from helpdesk.api.fields import Flag, Instant, Listing, Named, Shown, Strict, StrictModel, Text, Whole, orderings
from helpdesk.api.views import Deletes, Reads, check
from surveys import responses
from surveys.forms import LONGEST_COMMENT
from surveys.invitations import credited
from surveys.models import SCALES, Dissatisfaction, FollowUp, Kind, Survey, SurveyPolicy
from surveys.policy import settle
from tickets.access import get_ticket
from tickets.api.shown import Colleague


class SurveyListing(Listing):
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    ticket = Whole(required=False)
    agent = Whole(required=False, help_text="The id of the credited colleague.")
    score = Whole(required=False, max_value=10)
    answered = serializers.ChoiceField(choices=["true", "false"], required=False)
    answered_after = Instant(or_date=True, required=False)
    answered_before = Instant(or_date=True, required=False)
    ordering = orderings("-id", "answered_at", "sent_at")


class FollowUpOut(Shown):
    owner = Colleague(allow_null=True)

    class Meta:
        model = FollowUp
        fields = ["owner", "opened_at", "due_at", "outcome", "words", "closed_at"]


class SurveyOut(Shown):
    shop: Any = serializers.SlugRelatedField(slug_field="key", read_only=True)
    ticket = serializers.IntegerField(source="ticket_id", allow_null=True)
    order = serializers.CharField(source="order.number", allow_null=True, default=None)
    customer = serializers.IntegerField(source="customer_id")
    agent = Colleague(allow_null=True)
    message = serializers.IntegerField(source="message_id", allow_null=True)
    channel = serializers.CharField(source="channel_kind")
    follow_up = FollowUpOut(allow_null=True, default=None)

    class Meta:
        model = Survey
        fields = [
            *("id", "shop", "kind", "source", "state", "ticket", "order", "customer", "agent", "message", "channel"),
            *("sent_at", "expires_at", "answered_at", "score", "comment", "dissatisfaction", "follow_up"),
        ]


class SurveyIn(Strict):
    """An answer that another program collected about a ticket."""

    ticket = Whole()
    kind = serializers.ChoiceField(choices=[kind for kind in Kind.choices if kind[0] != Kind.POST_PURCHASE])
    score = Whole(max_value=10)
    comment = Text(required=False, default="", allow_blank=True, max_length=LONGEST_COMMENT)
    dissatisfaction = serializers.ChoiceField(
        choices=Dissatisfaction.choices, required=False, default="", allow_blank=True
    )
    agent = Named(User, "email", required=False, help_text="Default: the author of the last answer.")
    answered_at = Instant(required=False, help_text="Default: now.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        least, most = SCALES[attrs["kind"]]
        if not least <= attrs["score"] <= most:
            raise ValidationError({"score": f"Expected {least} to {most}."}, "invalid")
        if attrs.get("answered_at", timezone.now()) > timezone.now():
            raise ValidationError({"answered_at": "It lies in the future."}, "invalid")
        return attrs


class Surveys(Reads):
    """Questions put to customers, with the answer that stands. POST records an answer collected elsewhere."""

    policy = {"list": "survey.read", "retrieve": "survey.read", "create": "ticket.write"}
    http_method_names = ["get", "head", "post"]
    queryset = Survey.objects.none()
    out, into, listing = SurveyOut, SurveyIn, SurveyListing

    def rows(self) -> QuerySet[Survey]:
        related = ("shop", "order", "agent", "follow_up__owner")
        return Survey.objects.visible_to(self.me).select_related(*related)

    def filtered(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self.listed
        names = ("kind", "ticket", "agent", "score")
        conditions = Q(**{name: wanted[name] for name in names if name in wanted})
        if "answered" in wanted:
            conditions &= Q(answered_at__isnull=wanted["answered"] == "false")
        if "answered_after" in wanted:
            conditions &= Q(answered_at__gte=wanted["answered_after"])
        if "answered_before" in wanted:
            conditions &= Q(answered_at__lt=wanted["answered_before"])
        return rows.filter(conditions)

    @extend_schema(request=SurveyIn, responses={201: SurveyOut})
    @transaction.atomic
    def create(self, request: Request) -> Response:
        form = check(SurveyIn, request.data)
        ticket = get_ticket(self.me, form["ticket"])
        agent, message = credited(ticket)
        if "agent" in form and form["agent"] != agent:
            if not may(self.me, "quality.write"):
                raise ValidationError({"agent": "Only a manager may credit another colleague."}, "forbidden")
            agent, message = form["agent"], None
        at = form.get("answered_at") or timezone.now()
        survey = responses.rating_from_outside(ticket=ticket, agent=agent, message=message, kind=form["kind"], at=at)
        said = {name: form[name] for name in ("score", "comment", "dissatisfaction")}
        made = responses.answer(survey, at=at, **said)
        return self.show(self.rows().get(pk=made.pk), SurveyOut, 201)


class PolicyListing(Listing):
    shop = Named(Shop, "key", required=False)
    ordering = orderings("id")


class PolicyOut(Shown):
    shop: Any = serializers.SlugRelatedField(slug_field="key", read_only=True)

    class Meta:
        model = SurveyPolicy
        fields = [
            *("id", "shop", "kind", "active", "when", "delay", "quiet_from", "quiet_until", "cool_down_days"),
            *("again_after_reopen", "valid_days"),
        ]


class PolicyIn(StrictModel):
    shop = Named(Shop, "key")
    active = Flag(default=False)
    again_after_reopen = Flag(default=True)

    class Meta:
        model = SurveyPolicy
        fields = [name for name in PolicyOut.Meta.fields if name != "id"]


class SurveyPolicies(Deletes):
    """When a shop asks which question. A shop without a row, or with one that is not active, does not ask it."""

    policy = POLICY
    model, out, into, listing = SurveyPolicy, PolicyOut, PolicyIn, PolicyListing

    def rows(self) -> QuerySet[SurveyPolicy]:
        return SurveyPolicy.objects.select_related("shop")

    def store(self, row: Any, form: dict[str, Any]) -> Any:
        for field, value in form.items():
            setattr(row, field, value)
        return super().store(settle(row, timezone.now()), {})
