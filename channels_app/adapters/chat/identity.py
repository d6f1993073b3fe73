"""Who the shop's page says its visitor is: `<base64url of JSON {"id", "email", "name"?, "exp"}>.<HMAC-SHA256, hex>`.

Signed with the channel's secret by the shop's server. `exp` is a Unix time, at most a day ahead.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
from dataclasses import dataclass

from channels_app.models import Channel
from helpdesk.lib.addresses import is_email, normalise_email

LONGEST = 86_400 + 300  # seconds ahead: a token that lives longer would be a password
MOST_BYTES = 4_096


class Forged(ValueError):
    """The token proves nothing: badly signed, expired, or not in the agreed form."""


@dataclass(frozen=True, slots=True)
class Known:
    """A customer whom the shop vouches for."""

    id: str
    email: str
    name: str


def sign(secret: str, claims: dict[str, object]) -> str:
    """The token that a shop's server makes."""
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{body}.{_seal(secret, body)}"


def prove(channel: Channel, token: str) -> Known:
    """Who the token names. Raises Forged."""
    secret = str(channel.settings().get("secret", ""))
    body, _dot, seal = token.partition(".")
    if not secret:
        raise Forged("secret")
    if len(token) > MOST_BYTES or not token.isascii():
        raise Forged("form")
    if not hmac.compare_digest(_seal(secret, body), seal):
        raise Forged("signature")
    try:
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        known = Known(str(claims["id"]).strip(), normalise_email(str(claims["email"])), str(claims.get("name", "")))
        left = float(claims["exp"]) - time.time()
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Forged("form") from error
    if not 0 < left <= LONGEST:
        raise Forged("expired")
    if not 0 < len(known.id) <= 100 or not is_email(known.email):
        raise Forged("form")
    return known


def _seal(secret: str, body: str) -> str:
    return hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
