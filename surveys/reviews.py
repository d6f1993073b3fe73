"""Judging our own work: scorecards and their versions, samples, reviews, calibration."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from helpdesk.lib.refused import Refused
from surveys.models import Category, Mark, Review, Sample, Scorecard, ScorecardVersion
from surveys.quality import Marked, review_score
from tickets.models import Message, Ticket
from tickets.timelines import timelines_of
from tickets.waits import human_replies

COPIED = ("position", "name", "help", "weight", "least", "most", "critical")


@transaction.atomic
def draft_of(scorecard: Scorecard) -> ScorecardVersion:
    """The version that may be edited; a copy of the last published one when there is none."""
    scorecard = Scorecard.objects.select_for_update().get(pk=scorecard.pk)
    draft = scorecard.versions.filter(published_at=None).first()
    if draft is not None:
        return draft
    last = published(scorecard)
    draft = ScorecardVersion.objects.create(scorecard=scorecard, number=(last.number if last else 0) + 1)
    if last:
        rows = last.categories.values(*COPIED)
        Category.objects.bulk_create([Category(version=draft, **row) for row in rows])
    return draft


@transaction.atomic
def publish(scorecard: Scorecard, *, by: User) -> ScorecardVersion:
    """Make the draft what reviews use from now on; it never changes again. Refused without a category."""
    draft = scorecard.versions.select_for_update().filter(published_at=None).first()
    if draft is None:
        raise Refused("scorecard", _("There is no draft to publish."))
    if not draft.categories.exists():
        raise Refused("scorecard", _("Add a category first."))
    draft.published_at, draft.published_by = timezone.now(), by
    draft.save(update_fields=["published_at", "published_by"])
    return draft


def published(scorecard: Scorecard) -> ScorecardVersion | None:
    """The version in force."""
    return scorecard.versions.filter(published_at__isnull=False).order_by("-number").first()


def versions_in_force() -> QuerySet[ScorecardVersion]:
    """The newest published version of each scorecard."""
    rows = ScorecardVersion.objects.filter(published_at__isnull=False)
    newer = rows.filter(scorecard=OuterRef("scorecard"), number__gt=OuterRef("number"))
    return rows.filter(~Exists(newer)).select_related("scorecard").order_by("scorecard__name")


@transaction.atomic
def review(
    ticket: Ticket,
    *,
    agent: User,
    by: User,
    version: ScorecardVersion,
    values: Mapping[int, int | None],
    comment: str = "",
    sample: Sample | None = None,
) -> Review:
    """Judge an agent's work on a ticket; a second time replaces the first. `values`: category id to mark, None = N/A.

    Refused for oneself, for an unpublished version, for somebody who wrote nothing there, and for a mark off the scale.
    """
    if version.published_at is None:
        raise Refused("version", _("A score needs a published scorecard version."))
    if agent == by:
        raise Refused("agent", _("Nobody reviews their own work."))
    if not agents_of(ticket).filter(pk=agent.pk).exists():
        raise Refused("agent", _("This colleague has not answered in this ticket."))
    categories = list(version.categories.all())
    for category in categories:
        _check(category, values.get(category.pk))
    score = review_score(marked(category, values.get(category.pk)) for category in categories)
    made, _new = Review.objects.update_or_create(
        ticket=ticket,
        agent=agent,
        reviewer=by,
        defaults={
            "version": version, "score": score, "comment": comment.strip(), "sample": sample, "at": timezone.now()
        },
    )  # fmt: skip
    made.marks.all().delete()
    Mark.objects.bulk_create([Mark(review=made, category=one, value=values.get(one.pk)) for one in categories])
    return made


def agents_of(ticket: Ticket) -> QuerySet[User]:
    """The colleagues who answered the customer in this ticket, and in those merged into it."""
    wrote = Message.objects.filter(user=OuterRef("pk"), ticket__in=ticket.family()).replies()
    return User.objects.filter(Exists(wrote))


def marked(category: Category, value: int | None) -> Marked:
    return Marked(value, category.least, category.most, category.weight, category.critical)


@transaction.atomic
def draw(*, agent: User, since: date, until: date, size: int, seed: int, by: User, zone: str) -> Sample:
    """Some of the tickets that an agent answered last and that were solved in [since, until), at random.

    The same seed over the same tickets draws the same ones, in the same order. Only what `by` may see is drawn from.
    """
    pool = solved_by(agent, since, until, zone=zone, seen_by=by)
    chosen = random.Random(seed).sample(pool, min(size, len(pool)))  # noqa: S311  (fair, not secret)
    return Sample.objects.create(
        agent=agent, since=since, until=until, size=size, seed=seed, tickets=chosen, drawn_from=len(pool), drawn_by=by
    )


def solved_by(agent: User, since: date, until: date, *, zone: str, seen_by: User) -> list[int]:
    """The numbers, rising, of tickets solved in the period whose last answer was this agent's."""
    begin, end = (datetime.combine(day, time(), ZoneInfo(zone)) for day in (since, until))
    tickets = Ticket.objects.visible_to(seen_by).present().filter(is_test=False)
    solved = tickets.filter(solved_at__gte=begin, solved_at__lt=end).order_by("pk").values_list("pk", flat=True)
    replies = {ticket: human_replies(timeline.said) for ticket, timeline in timelines_of(list(solved)).items()}
    return [ticket for ticket, said in replies.items() if said and said[-1].user_id == agent.pk]


@dataclass(frozen=True, slots=True)
class Difference:
    """One category as two reviewers marked it; `apart` in points of 100, None when one of them saw no use for it."""

    category: str
    marks: Sequence[int | None]
    apart: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Two or more reviews of the same work, side by side."""

    ticket: Ticket
    agent: User
    reviews: Sequence[Review]
    rows: Sequence[Difference]
    apart: float | None


def calibration(ticket: Ticket, agent: User) -> Calibration | None:
    """How far reviewers of the same work are apart, None with fewer than two reviews on one scorecard version."""
    reviews = list(
        Review.objects.filter(ticket=ticket, agent=agent)
        .select_related("reviewer", "version__scorecard")
        .prefetch_related("marks__category")
        .order_by("at")
    )
    same = [one for one in reviews if reviews and one.version_id == reviews[-1].version_id]
    if len(same) < 2:
        return None
    marks = [{mark.category_id: mark for mark in one.marks.all()} for one in same]
    rows = [_difference(mark.category, [each.get(mark.category_id) for each in marks]) for mark in same[0].marks.all()]
    return Calibration(ticket, agent, same, rows, _spread([one.score for one in same]))


def apart(reviews: QuerySet[Review]) -> list[float]:
    """Of each work that several people reviewed on one scorecard version, by how many points of 100 they differ."""
    scored = reviews.filter(score__isnull=False).order_by().values("ticket", "agent", "version")
    works = scored.annotate(low=Min("score"), high=Max("score"), reviewers=Count("pk")).filter(reviewers__gte=2)
    return [work["high"] - work["low"] for work in works]


def visible_reviews(user: User) -> QuerySet[Review]:
    """Those of tickets that this user may see; an agent reads what was said of them or by them."""
    reviews = Review.objects.filter(ticket__in=Ticket.objects.visible_to(user).values("pk"))
    if user.role in (Role.AGENT, Role.PARTNER):
        return reviews.filter(Q(agent=user) | Q(reviewer=user))
    return reviews


def _difference(category: Category, marks: Sequence[Mark | None]) -> Difference:
    values = [mark.value if mark else None for mark in marks]
    return Difference(category.name, values, _spread([marked(category, value).share for value in values]))


def _spread(shares: Sequence[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return max(known) - min(known) if len(known) == len(shares) else None


def _check(category: Category, value: int | None) -> None:
    if value is not None and not category.least <= value <= category.most:
        words = _("%(name)s: from %(least)d to %(most)d.")
        raise Refused(f"category-{category.pk}", words % {
            "name": category.name, "least": category.least, "most": category.most
        })  # fmt: skip
