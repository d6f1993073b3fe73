"""Internal quality: the line of a scorecard with its versions, and one entry of a ticket's `reviews`."""

from collections.abc import Iterable, Iterator
from typing import Any

from helpdesk.lib.bulk import insert
from metrics.archive.fields import Fields
from metrics.archive.keys import Keys
from metrics.archive.lines.line import Line, Result
from surveys.models import Category, Mark, Review, Scorecard, ScorecardVersion
from surveys.quality import review_score
from surveys.reviews import COPIED, marked
from tickets.models import Ticket

Reviewed = tuple[Review, list[Mark]]


def scorecard(line: Line, keys: Keys) -> Result:
    """Its versions are added; one that is published here never changes."""
    card, new = Scorecard.objects.get_or_create(name=line.fields.text("name", line.key, longest=80))
    changed = [_keep_version(card, entry, keys) for entry in line.fields.each("versions")]
    line.keeps = line.fields.rest()
    return Result.CREATED if new else Result.UPDATED if any(changed) else Result.UNCHANGED


def _keep_version(card: Scorecard, fields: Fields, keys: Keys) -> bool:
    number, publisher = fields.whole("number", least=1, most=32_767), fields.key("published_by", "")
    categories = [_category(entry, n) for n, entry in enumerate(fields.each("categories"))]
    found = card.versions.filter(number=number).first()
    if found and found.published_at:
        if list(found.categories.values(*COPIED)) != [{name: one[name] for name in COPIED} for one in categories]:
            raise fields.refuse("number", f"version {number} of {card.name!r} is published here with other categories")
        return False
    version = found or ScorecardVersion(scorecard=card, number=number)
    version.published_at = fields.instant("published_at", None)
    version.published_by = keys.agent(fields, "published_by", publisher) if publisher else None
    version.save()
    version.categories.all().delete()
    Category.objects.bulk_create([Category(version=version, **one) for one in categories])
    return True


def _category(fields: Fields, position: int) -> dict[str, Any]:
    least, most = fields.whole("from", 0, most=99), fields.whole("to", 4, most=100)
    if most <= least:
        raise fields.refuse("to", "must be above `from`")
    return {
        "position": position,
        "name": fields.text("name", longest=80),
        "help": fields.text("help", "", longest=300),
        "weight": fields.whole("weight", 10, least=1, most=1000),
        "least": least,
        "most": most,
        "critical": fields.flag("critical", False),
    }


def read_review(fields: Fields, ticket: Ticket, keys: Keys) -> Reviewed:
    """The review with its marks, unsaved. The score follows from the marks."""
    name, number = fields.text("scorecard", longest=80), fields.whole("version")
    version = keys.scorecards.get((name, number))
    if version is None:
        raise fields.refuse("scorecard", f"unknown version {number} of the scorecard {name!r}")
    agent = keys.agent(fields, "agent", fields.key("agent"))
    reviewer = keys.agent(fields, "reviewer", fields.key("reviewer"))
    if agent == reviewer:
        raise fields.refuse("reviewer", "nobody reviews their own work")
    given = Fields(fields.object("marks"), f"{fields.path}marks.", fields.unknown)
    marks = [
        Mark(category=one, value=given.whole(one.name, None, least=one.least, most=one.most))
        for one in version.categories.all()
    ]
    if strange := given.rest():
        raise given.refuse(next(iter(strange)), "is no category of this version")
    score = review_score(marked(mark.category, mark.value) for mark in marks)
    columns = {"at": fields.instant("at"), "comment": fields.text("comment", ""), "score": score}
    return Review(ticket=ticket, version=version, agent=agent, reviewer=reviewer, **columns), marks


def store_reviews(found: Iterable[Reviewed]) -> None:
    """Write reviews; one of the same colleague by the same reviewer is replaced."""
    rows = {(review.ticket.pk, review.agent_id, review.reviewer_id): (review, marks) for review, marks in found}
    before = Review.objects.filter(ticket__in={ticket for ticket, _agent, _reviewer in rows})
    replaced = [pk for pk, *about in before.values_list("pk", "ticket", "agent", "reviewer") if tuple(about) in rows]
    Review.objects.filter(pk__in=replaced).delete()
    insert(review for review, _marks in rows.values())
    for review, marks in rows.values():
        for mark in marks:
            mark.review = review
    insert(mark for _review, marks in rows.values() for mark in marks)


def written_scorecards() -> Iterator[dict[str, Any]]:
    for card in Scorecard.objects.order_by("name"):
        versions = card.versions.select_related("published_by").prefetch_related("categories").order_by("number")
        yield {
            "type": "scorecard",
            "key": card.name,
            "name": card.name,
            "versions": [_written_version(version) for version in versions],
        }


def _written_version(version: ScorecardVersion) -> dict[str, Any]:
    published = {"published_at": version.published_at.isoformat()} if version.published_at else {}
    return {
        "number": version.number,
        **published,
        **({"published_by": version.published_by.key} if version.published_by else {}),
        "categories": [_written_category(one) for one in version.categories.all()],
    }


def _written_category(one: Category) -> dict[str, Any]:
    told = {"name": one.name, "help": one.help, "weight": one.weight, "from": one.least, "to": one.most}
    return told | {"critical": one.critical}


def written_review(review: Review, agents: dict[int, str]) -> dict[str, Any]:
    return {
        "scorecard": review.version.scorecard.name,
        "version": review.version.number,
        "agent": agents[review.agent_id],
        "reviewer": agents[review.reviewer_id],
        "at": review.at.isoformat(),
        "marks": {mark.category.name: mark.value for mark in review.marks.all()},
        **({"comment": review.comment} if review.comment else {}),
    }
