"""What the domain refuses, in the API's words."""

from collections.abc import Iterator
from contextlib import contextmanager

from rest_framework.exceptions import ValidationError

from helpdesk.api.problems import Conflict
from helpdesk.lib.refused import Refused
from tickets.actions.fate import MergeRefused
from tickets.actions.locking import StaleVersion
from tickets.states import RefusedTransition


@contextmanager
def refusals() -> Iterator[None]:
    """Around a call of tickets.actions: a state that forbids it is 409, a value that makes no sense 400."""
    try:
        yield
    except RefusedTransition as error:
        raise Conflict(error.words, "refused_transition", "state") from None
    except StaleVersion as error:
        raise Conflict(str(error), "stale_version", "version") from None
    except MergeRefused as error:
        raise Conflict(str(error).removeprefix("into: "), "merge_refused", "into") from None
    except Refused as error:
        if error.field == "ticket":
            raise Conflict(error.words, "ticket_refuses") from None
        raise ValidationError({error.field: error.words}) from None
