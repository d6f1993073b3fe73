"""Every route of the resolver with the policy that it declares."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "POST", "PATCH", "DELETE")
LOGIN = "login"  # allauth: any colleague, for their own account only
# Views of allauth cannot carry our decorator; each one stands here with what it demands.
THIRD_PARTY = {
    "account_login": "public",
    "account_logout": "public",
    "account_inactive": "public",
    "account_signup": "public",
    "account_reauthenticate": LOGIN,
    "account_email": LOGIN,
    "account_email_verification_sent": "public",
    "account_change_password": LOGIN,
    "account_set_password": LOGIN,
    "account_reset_password": "public",
    "account_reset_password_done": "public",
    "account_reset_password_from_key": "public",
    "account_reset_password_from_key_done": "public",
    "account_confirm_email": "public",
    "account_confirm_login_code": "public",
    "mfa_index": LOGIN,
    "mfa_authenticate": "public",
    "mfa_reauthenticate": LOGIN,
    "mfa_activate_totp": LOGIN,
    "mfa_deactivate_totp": LOGIN,
    "mfa_view_recovery_codes": LOGIN,
    "mfa_generate_recovery_codes": LOGIN,
    "mfa_download_recovery_codes": LOGIN,
    "usersessions_list": LOGIN,
}


@dataclass(frozen=True)
class Route:
    name: str
    address: str
    parameters: tuple[str, ...]
    view: Any

    @property
    def is_api(self) -> bool:
        return self.address.startswith("api/v1/") and hasattr(self.view, "actions")

    @property
    def is_third_party(self) -> bool:
        return self.view.__module__.startswith("allauth.")

    def methods(self) -> list[str]:
        """What to try: what a viewset maps, else everything a form or link could send."""
        if not self.is_api:
            return ["GET", "POST"]
        allowed = self.view.cls.http_method_names
        return [method.upper() for method in self.view.actions if method in allowed]

    def policy(self, method: str) -> str | None:
        if self.is_third_party:
            return THIRD_PARTY.get(self.name)
        if not self.is_api:
            return getattr(self.view, "policy", None)
        declared = self.view.cls.policy
        return declared if isinstance(declared, str) else declared.get(self.view.actions[method.lower()])


def routes() -> list[Route]:
    return list(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, prefix: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            parameters = tuple(pattern.pattern.converters) or tuple(pattern.pattern.regex.groupindex)
            yield Route(pattern.name or "", address, parameters, pattern.callback)
        else:
            yield from _walk(pattern, address)
