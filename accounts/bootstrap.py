"""The first admin of an empty installation (CONTRACT section 1)."""

import secrets

from django.conf import settings
from django.db import transaction

from accounts.models import Role, User


@transaction.atomic
def ensure_admin() -> tuple[User, str] | None:
    """Make the first admin if nobody works here yet. Returns (user, password to print once, "" when it was given)."""
    if User.objects.select_for_update().exists():
        return None
    password = settings.ADMIN_PASSWORD or secrets.token_urlsafe(12)
    user = User.objects.create_user(
        settings.ADMIN_EMAIL, password, first_name="Camille", last_name="Admin", role=Role.ADMIN
    )
    return user, "" if settings.ADMIN_PASSWORD else password
