"""Is the configuration of an e-mail channel sound? Said by field path, before anything connects."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from channels_app.adapters.email.webhooks import PROVIDERS

_ADDRESS = re.compile(r"[^\s@<>\"(),:;\[\]\\+]{1,64}@[^\s@<>\"(),:;\[\]\\]{1,190}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,253}[A-Za-z0-9])?")
_SECTIONS = {
    "imap": {"host", "port", "security", "user", "password", "folder"},
    "smtp": {"host", "port", "security", "user", "password"},
    "oauth": {"client_id", "client_secret", "refresh_token", "access_token", "expires_at", "token_url", "scope"},
}
_PLAIN = {"address", "authserv_id", "esp", "secret"}


def check_config(config: dict[str, object]) -> dict[str, str]:
    """Field path ("imap.port") -> what is wrong with it; empty when all is well."""
    return dict(_faults(config))


def _faults(config: dict[str, object]) -> Iterable[tuple[str, str]]:
    for name in config.keys() - _PLAIN - _SECTIONS.keys():
        yield name, _("Unknown field.")
    if not isinstance(config.get("address"), str) or not _ADDRESS.fullmatch(str(config.get("address"))):
        yield "address", _("Enter an e-mail address without “+”, for example support@example.com.")
    for name in ("authserv_id", "esp", "secret"):
        if not isinstance(config.get(name, ""), str):
            yield name, _("Enter a text.")
    for name, fields in _SECTIONS.items():
        section = config.get(name)
        if section is None:
            continue
        if not isinstance(section, dict):
            yield name, _("Enter an object.")
            continue
        yield from ((f"{name}.{field}", _("Unknown field.")) for field in section.keys() - fields)
        yield from _oauth_faults(section) if name == "oauth" else _server_faults(name, section)
    if config.get("esp") and config["esp"] not in PROVIDERS:
        yield "esp", _("Unknown provider; known are: %(known)s.") % {"known": ", ".join(sorted(PROVIDERS))}


def _server_faults(name: str, section: dict[str, Any]) -> Iterable[tuple[str, str]]:
    if not isinstance(section.get("host"), str) or not _HOST.fullmatch(section["host"]):
        yield f"{name}.host", _("Enter the name of a server, for example mail.example.com.")
    port = section.get("port")
    if port is not None and (isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536):
        yield f"{name}.port", _("Enter a number from 1 to 65535.")
    if section.get("security", "tls") not in ("tls", "starttls", "none"):
        yield f"{name}.security", _("Choose tls, starttls or none.")
    for field in ("user", "password", "folder"):
        value = section.get(field, "")
        if not isinstance(value, str) or re.search(r"[\x00\r\n]", value):
            yield f"{name}.{field}", _("Enter a text of one line.")


def _oauth_faults(section: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for field, value in section.items():
        if not isinstance(value, str):
            yield f"oauth.{field}", _("Enter a text.")
    if urlsplit(str(section.get("token_url", ""))).scheme not in ("https", "http"):
        yield "oauth.token_url", _("Enter the address at which the provider renews tokens, https://...")
    if not section.get("client_id"):
        yield "oauth.client_id", _("Enter the id that the provider gave to this installation.")
