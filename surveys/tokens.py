"""The secret in a survey's address: random and stored hashed, or signed for the link in a signature (V44)."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

SIGNATURE_VALID = timedelta(days=60)  # after the message was written
_signer = Signer(sep=".", salt="surveys.signature")


def mint() -> str:
    """A new token of 192 random bits. Only its digest is stored."""
    return secrets.token_urlsafe(24)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def sign(message_id: int) -> str:
    """The token of one message's signature. Good for nothing else: the purpose is part of the key."""
    return _signer.sign(str(message_id))


def signed_message(token: str) -> int | None:
    """The message that a signature's token names, None when we did not sign it."""
    try:
        return int(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None


def url_of(token: str, score: int | None = None) -> str:
    """The public address; with a score, that score is chosen there and nothing is recorded yet."""
    address = settings.PUBLIC_URL + reverse("survey", args=[token])
    return address if score is None else f"{address}?score={score}"
