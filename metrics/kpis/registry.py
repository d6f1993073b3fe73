"""How a KPI is declared: a function named as on screen, with its translated label and definition."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Union

from metrics.measures import Measure
from metrics.scope import Scope

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise  # not installed where only the product runs

Unit = Literal["seconds", "percent", "count", "ratio", "score", "money"]
Better = Literal["lower", "higher", ""]
Section = Literal["performance", "quality"]
Words = Union[str, "StrPromise"]
Make = Callable[[Scope], Measure]


@dataclass(frozen=True, slots=True)
class Kpi:
    """`definition` is what users read; `version` grows when the formula changes."""

    slug: str
    label: Words
    definition: Words
    unit: Unit
    better: Better
    section: Section
    version: int
    measure: Make


declared: dict[str, Kpi] = {}


def kpi(
    unit: Unit,
    label: Words,
    definition: Words,
    *,
    better: Better = "",
    section: Section = "performance",
    version: int = 1,
) -> Callable[[Make], Make]:
    """Declare a function's figure under its own name; the lazy definition is its documentation, for users too."""

    def enter(make: Make) -> Make:
        slug = make.__name__
        declared[slug] = Kpi(slug, label, definition, unit, better, section, version, make)
        return make

    return enter
