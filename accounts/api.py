"""Shops, colleagues and teams. Everybody who works here reads them; admins write them."""

from functools import partial
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import QuerySet
from rest_framework import serializers

from accounts import staff
from accounts.models import Role, Shop, Team, User
from helpdesk.api.fields import Flag, Listing, Named, Shown, StrictModel, Text, orderings
from helpdesk.api.problems import Conflict
from helpdesk.api.views import Writes
from helpdesk.lib import live

POLICY = {
    "list": "settings.read",
    "retrieve": "settings.read",
    "create": "settings.write",
    "partial_update": "settings.write",
    "destroy": "settings.write",
}
SHOP_FIELDS = [
    *("key", "name", "languages", "timezone", "currency", "website", "email", "phone"),
    *("legal_name", "registration_number", "registration_place", "registered_office", "contracting_body"),
    *("vat_number", "professional_body", "legal_statements", "acknowledges", "promised_reply"),
]


class ShopListing(Listing):
    ordering = orderings("key", "name")


class ShopFields(StrictModel):
    languages = serializers.ListField(child=Text(min_length=2, max_length=8), min_length=1, max_length=20)
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)

    class Meta:
        model = Shop
        fields = SHOP_FIELDS


class Shops(Writes):
    """The brands of this installation."""

    policy = POLICY
    model, out, into, listing, lookup_field = Shop, ShopFields, ShopFields, ShopListing, "key"

    def rows(self) -> QuerySet[Shop]:
        return Shop.objects.all()


class TeamListing(Listing):
    ordering = orderings("key", "name")


class TeamOut(Shown):
    members: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = Team
        fields = ["id", "key", "name", "members"]


class TeamIn(StrictModel):
    members = serializers.ListField(
        child=Named(User, "email"), required=False, max_length=1000, help_text="Ids or e-mail addresses."
    )

    class Meta:
        model = Team
        fields = ["key", "name", "members"]


class Teams(Writes):
    """Teams and who belongs to them. A team is not deleted: its tickets would become everybody's."""

    policy = POLICY
    model, out, into, listing, lookup_field = Team, TeamOut, TeamIn, TeamListing, "key"

    def rows(self) -> QuerySet[Team]:
        return Team.objects.prefetch_related("members")

    @transaction.atomic
    def store(self, row: Team, form: dict[str, Any]) -> Team:
        members: list[User] | None = form.pop("members", None)
        super().store(row, form)
        if members is not None:
            changed = set(row.members.all()) ^ set(members)
            row.members.set(members)
            for member in changed:
                transaction.on_commit(partial(live.kick, member.pk))
        return self.rows().get(pk=row.pk)


class UserListing(Listing):
    email = Text(required=False, max_length=254)
    role = serializers.ChoiceField(choices=Role.choices, required=False)
    team = Named(Team, "key", required=False)
    is_active = serializers.BooleanField(required=False, default=None, allow_null=True)
    ordering = orderings("id", "first_name", "email")


class UserOut(Shown):
    name = serializers.CharField(source="full_name")
    teams: Any = serializers.SlugRelatedField(slug_field="key", many=True, read_only=True)

    class Meta:
        model = User
        fields = [
            *("id", "email", "name", "first_name", "last_name", "role", "teams"),
            *("presence", "language", "timezone", "is_active"),
        ]


class UserIn(StrictModel):
    email = serializers.EmailField(max_length=254)
    password = Text(write_only=True, required=False, max_length=200, trim_whitespace=False)
    teams = serializers.ListField(child=Named(Team, "key"), required=False, max_length=200, help_text="Keys.")
    is_active = Flag(required=False)

    class Meta:
        model = User
        fields = [
            *("email", "first_name", "last_name", "role", "teams", "language", "timezone", "is_active", "password")
        ]

    def validate_email(self, value: str) -> str:
        return value.lower()

    def validate_password(self, value: str) -> str:
        validate_password(value)
        return value


class Users(Writes):
    """Colleagues. Who leaves is deactivated (`is_active`): what they wrote keeps its author."""

    policy = POLICY
    model, out, into, listing = User, UserOut, UserIn, UserListing

    def rows(self) -> QuerySet[User]:
        return User.objects.prefetch_related("teams")

    def filtered(self, rows: QuerySet[User]) -> QuerySet[User]:
        wanted = self.listed
        columns = {"email": "email__iexact", "role": "role", "team": "teams", "is_active": "is_active"}
        given = {column: wanted[name] for name, column in columns.items() if wanted.get(name) is not None}
        return rows.filter(**given)

    @transaction.atomic
    def store(self, row: User, form: dict[str, Any]) -> User:
        self._keep_an_admin(row, form)
        teams, password = form.pop("teams", None), form.pop("password", None)
        if password is not None or row.pk is None:
            row.set_password(password)
        super().store(row, form)
        if teams is not None:
            row.teams.set(teams)
        transaction.on_commit(partial(live.kick, row.pk))
        return self.rows().get(pk=row.pk)

    def _keep_an_admin(self, row: User, form: dict[str, Any]) -> None:
        """Somebody must stay who can undo things."""
        wanted = {"role": form.get("role", row.role), "is_active": form.get("is_active", row.is_active)}
        if staff.is_last_admin(row, **wanted):
            raise Conflict("This is the last admin.", "last_admin", "role" if "role" in form else "is_active")
