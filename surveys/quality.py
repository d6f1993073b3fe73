"""The formula of internal quality (KPIS, IQS): pure functions on marks."""

from collections.abc import Iterable
from dataclasses import dataclass

CRITICAL_BELOW = 50.0  # percent of a critical category: below it the whole review is 0


@dataclass(frozen=True, slots=True)
class Marked:
    """One category's mark on its scale, with its weight. `value` None = does not apply."""

    value: int | None
    least: int
    most: int
    weight: int
    critical: bool = False

    @property
    def share(self) -> float | None:
        """0 to 100: where the mark lies between the ends of its scale."""
        return None if self.value is None else 100 * (self.value - self.least) / (self.most - self.least)


def review_score(marks: Iterable[Marked]) -> float | None:
    """A review, 0 to 100: the weighted mean of its categories. 0 when a critical one fails; None when all are N/A."""
    shares = [(mark, mark.share) for mark in marks]
    counted = [(mark, share) for mark, share in shares if share is not None]
    weight = sum(mark.weight for mark, _share in counted)
    if not weight:
        return None
    if any(mark.critical and share < CRITICAL_BELOW for mark, share in counted):
        return 0.0
    return sum(mark.weight * share for mark, share in counted) / weight


def internal_quality_score(scores: Iterable[float | None]) -> float | None:
    """The mean of the reviews that have a score, 0 to 100. None when there is none."""
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if known else None
