"""The words that tickets are filed under: reasons, tags, own fields; two of them made one."""

from collections.abc import Mapping
from typing import Any, cast

from django.db import transaction
from django.db.models import F, Func, Model, Value
from django.utils.text import slugify
from django.utils.translation import gettext as _

from helpdesk.lib.refused import Refused
from tickets.models import Reason, Tag, Ticket
from tickets.solving import vague


@transaction.atomic
def save_reason(
    reason: Reason,
    *,
    what: str,
    why: str,
    polarity: int,
    archived: bool,
    names: Mapping[str, Mapping[str, str]] | None = None,
) -> Reason:
    """Name a reason in its two levels. Refused without both, when another one has that name, and for a new name that
    tells nothing (S101).

    `names` are {"en": {"what", "why"}}, for customers of other languages; None leaves them.
    """
    what, why = " ".join(what.split()), " ".join(why.split())
    for field, value in (("what", what), ("why", why)):
        if not value:
            raise Refused(field, _("Say both what it is about and why it happened."))
    if Reason.objects.filter(what__iexact=what, why__iexact=why).exclude(pk=reason.pk).exists():
        raise Refused("why", _("This reason exists already."))
    if why != reason.why and (tells_nothing := vague(why)):
        raise Refused("why", tells_nothing)
    reason.what, reason.why, reason.polarity, reason.archived = what, why, polarity, archived
    reason.key = reason.key or _free_key(f"{what} {why}")
    if names is not None:
        reason.extra = reason.extra | {"names": {language: dict(told) for language, told in names.items()}}
    reason.save()
    return reason


@transaction.atomic
def merge_reasons(reason: Reason, *, into: Reason) -> int:
    """Everything filed under `reason` is filed under `into` from now on; the empty one is archived. Returns how many
    tickets moved. Refused for itself."""
    if reason.pk == into.pk:
        raise Refused("into", _("Choose another one."))
    moved = Ticket.objects.filter(reason=reason).count()
    for relation in Reason._meta.related_objects:
        if not relation.many_to_many:
            name, model = relation.field.name, cast(type[Model], relation.related_model)
            model._base_manager.filter(**{name: reason}).update(**{name: into})
    reason.archived = True
    reason.save(update_fields=["archived"])
    return moved


@transaction.atomic
def rename_tag(tag: Tag, *, name: str) -> Tag:
    """Give a tag another name, on every ticket that has it. Refused without one, or when another tag has it."""
    name = " ".join(name.split())[:60]
    if not name:
        raise Refused("name", _("A tag needs a name."))
    if Tag.objects.filter(name__iexact=name).exclude(pk=tag.pk).exists():
        raise Refused("name", _("This tag exists already: merge the two instead."))
    _replace(tag.name, name)
    tag.name = name
    tag.save(update_fields=["name"])
    return tag


@transaction.atomic
def merge_tags(tag: Tag, *, into: Tag) -> int:
    """Tickets tagged `tag` are tagged `into` from now on, once; `tag` is gone. Returns how many changed."""
    if tag.pk == into.pk:
        raise Refused("into", _("Choose another one."))
    both = Ticket.objects.filter(tags__contains=[tag.name, into.name])
    changed = both.update(tags=Func(F("tags"), Value(tag.name), function="array_remove"))
    changed += _replace(tag.name, into.name)
    tag.delete()
    return changed


def _replace(old: str, new: str) -> int:
    rows: Any = Ticket.objects.filter(tags__contains=[old])
    count: int = rows.update(tags=Func(F("tags"), Value(old), Value(new), function="array_replace"))
    return count


def _free_key(words: str) -> str:
    stem, number = slugify(words)[:180] or "reason", 1
    key = stem
    while Reason.objects.filter(key=key).exists():
        number += 1
        key = f"{stem}-{number}"
    return key
