"""Who is logged in."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from accounts.models import User
from helpdesk.lib import compiled


class StaffBackend(AuthenticationBackend):  # type: ignore[misc] # allauth is untyped
    """Every page of everybody asks for its user: they come with their teams, by a query that is written once."""

    def get_user(self, user_id: int) -> User | None:
        found = compiled.found(_with_teams, "user", user_id)
        return found[0] if found and self.user_can_authenticate(found[0]) else None


def _with_teams(pk: int) -> QuerySet[User, Any]:
    own = User.teams.through.objects.filter(user=OuterRef("pk")).order_by("team").values("team")
    return User.objects.filter(pk=pk).order_by().annotate(_team_ids=ArraySubquery(own))  # type: ignore[no-redef]
