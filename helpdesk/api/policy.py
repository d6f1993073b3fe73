"""The API's door: each view declares what it does, the one policy says who may, the token's scopes narrow it."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.access import PUBLIC, TOKEN, may
from accounts.models import ApiToken

SCOPES = {
    "settings.write": ApiToken.Scope.ADMIN,
    "hours.write": ApiToken.Scope.ADMIN,
    "inbound.deliver": ApiToken.Scope.INBOUND,
    "desk.use": ApiToken.Scope.READ,
    "customer.export": ApiToken.Scope.READ,
}


def scope_of(action: str) -> ApiToken.Scope:
    """The scope that a token needs for an action of accounts.access.ACTIONS."""
    if action in SCOPES:
        return SCOPES[action]
    return ApiToken.Scope.READ if action.endswith(".read") else ApiToken.Scope.WRITE


def declared(view: Any, action: str | None) -> str | None:
    """What a view declares for one of its actions; None when nothing is."""
    policy = view.policy
    return policy if isinstance(policy, str) else policy.get(action)


class DeclaredPolicy(BasePermission):
    """Views carry `policy`: one name for all they do, or a name per action. What is not declared is refused."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if view.action in (None, "metadata"):  # a method that is not there: 405 follows, but not for strangers
            return bool(request.user.is_authenticated)
        policy = declared(view, view.action)
        if policy in (PUBLIC, TOKEN):
            return True
        if policy is None or not may(request.user, policy):
            return False
        return isinstance(request.auth, ApiToken) and scope_of(policy) in request.auth.scopes
