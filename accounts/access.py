"""The one policy: may(actor, action, object). Every route declares the action it performs; a test walks them all.

What a role may do stands here; which objects a person may know of stands in each app's access.py, which registers it
with `visibility`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from accounts.models import Role, User

Actor = User | AnonymousUser
M = TypeVar("M", bound=models.Model)
View = Callable[..., HttpResponseBase]

STAFF = frozenset(Role)
OWN_PEOPLE = STAFF - {Role.PARTNER}
LEADS = frozenset({Role.LEAD, Role.MANAGER, Role.ADMIN})
MANAGERS = frozenset({Role.MANAGER, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})

ACTIONS: dict[str, frozenset[Role]] = {
    "desk.use": STAFF,
    "ticket.read": STAFF,
    "ticket.write": STAFF,
    "ticket.open": OWN_PEOPLE,  # names a customer by their address, so not for partners
    "ticket.mass": OWN_PEOPLE,  # speaks to many in the shop's name, and may put addresses into words
    "ticket.delete": LEADS,
    "macro.write": OWN_PEOPLE,  # whose: see tickets.macros.may_edit
    "side.write": OWN_PEOPLE,  # writes to an address in the shop's name, so not for partners
    "customer.read": STAFF,
    "customer.contact": OWN_PEOPLE,  # to see e-mail, phone and postcode: a partner works without them (S55)
    "customer.write": OWN_PEOPLE,
    "customer.export": OWN_PEOPLE,
    "order.act": OWN_PEOPLE,  # cancel, take back, send elsewhere: in the store itself
    "intake.read": LEADS,
    "articles.read": STAFF,
    "articles.write": LEADS,
    "inbound.deliver": OWN_PEOPLE,
    "figures.read": MANAGERS,
    "figures.write": MANAGERS,
    "survey.read": STAFF,
    "survey.follow_up": OWN_PEOPLE,
    "quality.read": OWN_PEOPLE,
    "quality.review": LEADS,
    "quality.write": MANAGERS,
    "hours.write": MANAGERS,
    "archive.move": ADMINS,  # everybody's words and addresses, out of the house or into it
    "settings.read": STAFF,
    "settings.write": ADMINS,
}
PUBLIC = "public"  # anybody, logged in or not
TOKEN = "token"  # the route checks a signed or secret token of its own

_visible: dict[type[models.Model], Callable[[User, Any], bool]] = {}


def visibility(model: type[M]) -> Callable[[Callable[[User, M], bool]], Callable[[User, M], bool]]:
    """Register the function that says whether a user may know of an object of this model."""

    def register(rule: Callable[[User, M], bool]) -> Callable[[User, M], bool]:
        _visible[model] = rule
        return rule

    return register


def may(actor: Actor, action: str, obj: models.Model | None = None) -> bool:
    """Whether this actor may do this, to this object if there is one. KeyError for an action nobody declared."""
    if action in (PUBLIC, TOKEN):
        return True
    roles = ACTIONS[action]
    if not isinstance(actor, User) or not actor.is_active or actor.role not in roles:
        return False
    return obj is None or _visible[type(obj)](actor, obj)


def policy(action: str) -> Callable[[View], View]:
    """Declare what a view does. Strangers are sent to the login; those who may not are refused (403)."""
    if action not in (PUBLIC, TOKEN):
        _ = ACTIONS[action]

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if may(request.user, action):
                return view(request, *args, **kwargs)
            if request.user.is_authenticated:
                raise PermissionDenied
            return _to_login(request)

        guarded.policy = action  # type: ignore[attr-defined]
        return guarded

    return declare


def _to_login(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = reverse("account_login")
        return answer
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
