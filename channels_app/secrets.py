"""Channel secrets at rest: encrypted with a key derived from SECRET_KEY."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def _box() -> Fernet:
    digest = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=b"channel-secrets").digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def seal(secret: str) -> str:
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret, or "" when SECRET_KEY has changed since: the channel then reports that its login is refused."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""
