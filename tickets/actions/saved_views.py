"""Lists that somebody keeps: personal, a team's, everybody's."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import LEADS
from accounts.models import Team, User
from helpdesk.lib.refused import Refused
from tickets.models import SavedView

FIELDS = ("name", "icon", "owner_id", "team_id", "filters", "ordering", "position")


def may_edit_view(user: User, view: SavedView) -> bool:
    """One's own; a team's view its leads and those above, everybody's view leads and those above."""
    if view.owner_id is not None:
        return view.owner_id == user.pk
    return user.role in LEADS


@transaction.atomic
def save_view(
    view: SavedView | None, *, name: str, team: Team | None, mine: bool, by: User, **fields: Any
) -> SavedView:
    """Make a view (`view=None`, at the end of the list) or change it. `mine` wins over `team`; neither: everybody's.
    Refused without a name, and for those who may not keep lists for others."""
    name = " ".join(name.split())[:80]
    if not name:
        raise Refused("name", _("Give the view a name."))
    if view is not None and not may_edit_view(by, view):
        raise Refused("name", _("Only team leads change the views of others."))
    saved = view or SavedView(position=SavedView.objects.count())
    saved.name, saved.owner, saved.team = name, by if mine else None, None if mine else team
    for field, value in fields.items():
        setattr(saved, field, value)
    if not may_edit_view(by, saved):
        raise Refused("scope", _("Only team leads keep views for others."))
    saved.save()
    return saved


@transaction.atomic
def delete_view(view: SavedView, *, by: User) -> dict[str, Any]:
    """Returns what `restore_view` needs to bring it back."""
    if not may_edit_view(by, view):
        raise Refused("view", _("Only team leads change the views of others."))
    kept = {name: getattr(view, name) for name in FIELDS}
    view.delete()
    return kept


@transaction.atomic
def restore_view(kept: Mapping[str, Any], *, by: User) -> SavedView:
    view = SavedView(**kept)
    if not may_edit_view(by, view):
        raise Refused("view", _("Only team leads change the views of others."))
    view.save()
    return view


@transaction.atomic
def set_order_of_views(views: Sequence[SavedView], *, by: User) -> None:
    """These views take each other's places, in this order. Those that `by` may not change stay where they are."""
    mine = [view for view in views if may_edit_view(by, view)]
    places = sorted(view.position for view in mine)
    if len(set(places)) < len(places):
        places = list(range(places[0], places[0] + len(places)))
    for view, place in zip(mine, places, strict=True):
        if view.position != place:
            view.position = place
            view.save(update_fields=["position"])
