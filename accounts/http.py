"""The request as views behind a policy know it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class Request(HttpRequest):
    user: User
    htmx: HtmxDetails
