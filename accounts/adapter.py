"""How allauth fits this house: nobody signs up by themselves, an admin adds colleagues."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from helpdesk.lib import live


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth is untyped
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def logout(self, request: HttpRequest) -> None:
        """Also ends the live streams of this person; pages that stay logged in elsewhere connect again."""
        person = request.user.pk
        super().logout(request)
        if person:
            live.kick(person)

    def is_safe_url(self, url: str | None) -> bool:
        """Only a path of ours is a way back (V30)."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Links and names come from PUBLIC_URL: the Host header says what its sender likes (V31)."""
        links = {
            name: settings.PUBLIC_URL + urlsplit(value).path for name, value in context.items() if name.endswith("_url")
        }
        house = {"name": "Comptoir", "domain": settings.PUBLIC_URL}
        super().send_mail(template_prefix, email, context | links | {"current_site": house})
