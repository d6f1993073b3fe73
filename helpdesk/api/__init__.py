"""What every part of the REST API shares; the settings name these four. Views import `helpdesk.api.views` themselves.

Nothing here may import rest_framework's views: they read the settings, which read this module.
"""

from helpdesk.api.pagination import Cursor
from helpdesk.api.policy import DeclaredPolicy
from helpdesk.api.problems import errors
from helpdesk.api.throttling import TokenThrottle

__all__ = ["Cursor", "DeclaredPolicy", "TokenThrottle", "errors"]
