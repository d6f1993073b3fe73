"""/macros/: prepared answers with what goes with them; POST /tickets/{number}/macro/ uses one."""

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Shop, Team
from helpdesk.api.body import is_storable
from helpdesk.api.fields import Flag, Json, Listing, Named, Shown, Strict, StrictModel, Text, orderings
from helpdesk.api.problems import Conflict
from helpdesk.api.views import Api, Deletes, check
from tickets import macros
from tickets.access import get_ticket
from tickets.api.refusals import refusals
from tickets.api.shown import TicketOut
from tickets.models import Macro, Reason, Ticket


class MacroListing(Listing):
    shop = Named(Shop, "key", required=False)
    archived = serializers.BooleanField(required=False, default=None, allow_null=True)
    q = Text(required=False, max_length=200, help_text="Words of the name.")
    ordering = orderings("name", "used", "last_used_at", "id")


class MacroOut(Shown):
    shop: Any = serializers.SlugRelatedField(slug_field="key", read_only=True, allow_null=True)
    team: Any = serializers.SlugRelatedField(slug_field="key", read_only=True, allow_null=True)
    owner: Any = serializers.SlugRelatedField(slug_field="email", read_only=True, allow_null=True)
    reasons: Any = serializers.SlugRelatedField(slug_field="key", many=True, read_only=True)
    texts = serializers.DictField()
    steps = serializers.ListField(child=serializers.DictField())
    guard = serializers.DictField()

    class Meta:
        model = Macro
        fields = [
            *("id", "key", "name", "shop", "team", "owner", "texts", "steps", "guard", "reasons", "argues", "closes"),
            *("archived", "used", "last_used_at", "created_at", "updated_at"),
        ]


class MacroIn(StrictModel):
    """`texts`: {"fr": {"text", "html"}}, with variables such as {{ customer.first_name | "fallback" }}.

    `steps`: what it does besides. `guard`: conditions that the ticket must meet.
    """

    shop = Named(Shop, "key", required=False, allow_null=True)
    team = Named(Team, "key", required=False, allow_null=True)
    mine = Flag(required=False, help_text="Kept for yourself.")
    texts = Json(required=False)
    steps = Json(kind=list, required=False)
    guard = Json(required=False)
    reasons = serializers.ListField(child=Named(Reason, "key"), required=False, max_length=100, help_text="Keys.")

    class Meta:
        model = Macro
        fields = [
            *("key", "name", "shop", "team", "mine", "texts", "steps", "guard", "reasons", "argues", "closes"),
            "archived",
        ]


class Macros(Deletes):
    """Prepared answers. Everybody keeps their own; leads write a team's, managers and admins everybody's."""

    policy = {
        "list": "ticket.read",
        "retrieve": "ticket.read",
        "create": "macro.write",
        "partial_update": "macro.write",
        "destroy": "macro.write",
    }
    model, out, into, listing = Macro, MacroOut, MacroIn, MacroListing

    def rows(self) -> QuerySet[Macro]:
        return macros.visible_to(self.me).select_related("shop", "team", "owner").prefetch_related("reasons")

    def filtered(self, rows: QuerySet[Macro]) -> QuerySet[Macro]:
        wanted = {name: self.listed[name] for name in ("shop", "archived") if self.listed.get(name) is not None}
        words = self.listed.get("q")
        return rows.filter(**wanted, **({"name__icontains": words} if words else {}))

    def store(self, row: Macro, form: dict[str, Any]) -> Macro:
        mine = form.pop("mine", None)
        if mine is not None:
            form["owner"] = self.me if mine else None
        with refusals():
            macros.define(row, by=self.me, **form)
        return self.rows().get(pk=row.pk)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        macro = self.get_object()
        if not macros.may_edit(self.me, team=macro.team, owner=macro.owner):
            raise Conflict("Only its owner may delete this macro.", "not_yours")
        return super().destroy(request, **kwargs)


class MacroUseIn(Strict):
    macro = serializers.JSONField(help_text="Its id or key.")
    values = Json(required=False, help_text="What its “input.” variables ask for.")

    def validate_macro(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, str)) or len(str(value)) > 200:
            raise serializers.ValidationError("Expected an id or a key.", "invalid")
        return value


class TicketMacro(Api):
    """Use a macro on a ticket: its text is said, its steps are done, or none of it."""

    policy = {"create": "ticket.write"}
    queryset = Ticket.objects.none()

    @extend_schema(request=MacroUseIn, responses=TicketOut)
    def create(self, request: Request, number: int) -> Response:
        ticket = get_ticket(self.me, number)
        form = check(MacroUseIn, request.data)
        macro = self._macro(form["macro"])
        with refusals():
            macros.use(macro, ticket, user=self.me, values={k: str(v) for k, v in form.get("values", {}).items()})
        fresh = TicketOut.rows(Ticket.objects.filter(pk=number)).get()
        return self.show(fresh, TicketOut)

    def _macro(self, named: int | str) -> Macro:
        rows = macros.visible_to(self.me).select_related("shop", "team", "owner")
        text = str(named)
        by_id = text.isascii() and text.isdecimal() and len(text) < 19
        wanted = Q(pk=int(text)) if by_id else Q(key=text)
        found = rows.filter(wanted).first() if is_storable(text) else None
        if found is None:
            raise serializers.ValidationError({"macro": "There is no such macro."}, "does_not_exist")
        return found
