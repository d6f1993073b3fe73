"""Who works here and what each may do, as admins write it."""

import logging
from collections.abc import Iterable
from functools import partial
from smtplib import SMTPException
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import ApiToken, Role, Team, User
from helpdesk.lib import live
from helpdesk.lib.refused import Refused

log = logging.getLogger(__name__)


def is_last_admin(user: User, *, role: str, is_active: bool) -> bool:
    """Whether nobody could undo things any more once `user` had this role. Locks the admins: call in a transaction."""
    if user._state.adding or (role == Role.ADMIN and is_active):
        return False
    admins = User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True)
    ids = set(admins.values_list("pk", flat=True))
    return ids == {user.pk}


@transaction.atomic
def save_person(user: User, *, teams: Iterable[Team], **fields: Any) -> User:
    """Add or change a colleague; their open pages learn of it at once. Refused (field "role" or "is_active") when no
    admin would stay."""
    role, is_active = fields.get("role", user.role), fields.get("is_active", user.is_active)
    if is_last_admin(user, role=role, is_active=is_active):
        raise Refused("is_active" if role == Role.ADMIN else "role", _("This is the last admin: name another first."))
    for name, value in fields.items():
        setattr(user, name, value)
    if user._state.adding:
        user.set_unusable_password()
    user.save()
    user.teams.set(teams)
    transaction.on_commit(partial(live.kick, user.pk))
    return user


@transaction.atomic
def save_team(team: Team, *, name: str, key: str, members: Iterable[User]) -> Team:
    """Add or change a team and who belongs to it."""
    team.name, team.key = name, key
    team.save()
    wanted = list(members)
    changed = set(team.members.all()) ^ set(wanted)
    team.members.set(wanted)
    for one in changed:
        transaction.on_commit(partial(live.kick, one.pk))
    return team


def invite(user: User, *, by: User) -> bool:
    """Mail the link with which they set their password. False when the mail could not be handed over."""
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )
    with translation.override(user.language or translation.get_language()):
        days = settings.PASSWORD_RESET_TIMEOUT // 86_400
        context = {"person": user, "by": by, "url": settings.PUBLIC_URL + path, "days": days}
        text = render_to_string("emails/invitation.txt", context).strip() + "\n"
        subject = _("%(name)s invites you to Comptoir") % {"name": by.full_name}
    try:
        send_mail(subject, text, None, [user.email])
    except (OSError, SMTPException):
        log.exception("invitation of user %s", user.pk)
        return False
    return True


def revoke(token: ApiToken) -> None:
    """End a token for good. Doing it twice is doing it once."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
