"""Which answers, follow-ups and reviews a person may know of: those of the tickets that they see. Found, or 404."""

from django.http import Http404

from accounts.access import visibility
from accounts.models import User
from surveys.follow_ups import visible_follow_ups
from surveys.models import FollowUp, Survey


def get_follow_up(user: User, pk: int) -> FollowUp:
    found = visible_follow_ups(user).select_related("survey__ticket", "owner").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@visibility(Survey)
def sees_survey(user: User, survey: Survey) -> bool:
    return Survey.objects.visible_to(user).filter(pk=survey.pk).exists()
