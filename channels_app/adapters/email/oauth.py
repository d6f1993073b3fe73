"""OAuth2 access to Gmail and Microsoft 365 mailboxes: a fresh access token, the rotated refresh token kept."""

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
from django.db import transaction
from django.utils import timezone

from channels_app.models import Channel
from channels_app.secrets import seal
from helpdesk.lib import net

EARLY = timedelta(minutes=5)


class LoginRefused(Exception):
    """The provider gives no token: somebody must connect the mailbox again."""


def access_token(channel: Channel) -> str:
    """A token that is valid for five minutes at least. Raises LoginRefused, or OSError when the provider is away.

    The row lock keeps two workers from spending the same refresh token; NO KEY lets mail be stored meanwhile.
    """
    with transaction.atomic():
        row = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
        grant = row.settings().get("oauth") or {}
        if grant.get("access_token") and _expiry(grant) > timezone.now() + EARLY:
            return str(grant["access_token"])
        answer = _refresh(grant)
        token = str(answer["access_token"])
        row.sealed["oauth.access_token"] = seal(token)
        if answer.get("refresh_token"):
            row.sealed["oauth.refresh_token"] = seal(str(answer["refresh_token"]))
        expires = timezone.now() + timedelta(seconds=float(answer.get("expires_in") or 3600))
        row.config["oauth"] = {**row.config.get("oauth", {}), "expires_at": expires.isoformat()}
        row.save(update_fields=["sealed", "config"])
    return token


def _expiry(grant: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(grant["expires_at"]) if grant.get("expires_at") else timezone.now()


def _refresh(grant: dict[str, Any]) -> dict[str, Any]:
    form = {"grant_type": "refresh_token"} | {
        name: str(grant[name]) for name in ("client_id", "client_secret", "refresh_token", "scope") if grant.get(name)
    }
    try:
        status, body = net.post_form(str(grant.get("token_url", "")), form)
    except httpx.InvalidURL as error:
        raise LoginRefused(f"oauth.token_url: {error}") from error
    except (httpx.HTTPError, ValueError) as error:
        raise OSError(f"The login provider cannot be reached: {error}") from error
    answer = _json(body)
    if status >= 500:
        raise OSError(f"The login provider answers {status}.")
    if status != 200 or not answer.get("access_token"):
        raise LoginRefused(str(answer.get("error_description") or answer.get("error") or f"status {status}")[:300])
    return answer


def _json(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
