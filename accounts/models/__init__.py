"""Who works here, and for which brand."""

from accounts.models.replay import IdempotentAnswer
from accounts.models.shop import Shop
from accounts.models.team import Team
from accounts.models.token import ApiToken
from accounts.models.user import Presence, Role, User

__all__ = ["ApiToken", "IdempotentAnswer", "Presence", "Role", "Shop", "Team", "User"]
