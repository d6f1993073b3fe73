"""Figures as people read them: rounded on the screen, exact beside; nothing counted is a dash, never 0."""

from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from babel import Locale
from django.utils.formats import number_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from metrics.kpis.registry import Better, Unit
from metrics.measures import Number

NONE = "—"
EXACT: dict[Unit, str] = {"seconds": "s", "percent": "%"}
MINUTE, HOUR, DAY = 60, 3600, 86_400
Value = Number | str | None
Part = tuple[str, str]  # a number and its unit, set smaller
Tone = Literal["good", "bad", "flat"]


@dataclass(frozen=True, slots=True)
class Delta:
    """What changed since the period before: "↓ 8 %", good or bad only where that is certain."""

    text: str
    tone: Tone
    was: str


def parts(value: Value, unit: Unit) -> list[Part]:
    """A figure as numbers with their units: [("9", "h"), ("42", "min")]."""
    if value is None:
        return [(NONE, "")]
    if unit == "seconds":
        return _span(float(value))
    if unit == "percent":
        return [(decimal(float(value), 1), "%")]
    if unit == "money":
        return [(number_format(round(Decimal(value), 2), 2, force_grouping=True), "")]
    return [(decimal(float(value), 0 if unit == "count" else 2), "")]


def words(value: Value, unit: Unit) -> str:
    """The same in one line, with spaces that do not break."""
    return "\u00a0".join(piece for pair in parts(value, unit) for piece in pair if piece)


def money(value: Number | str | Decimal, currency: str, *, digits: int = 2) -> str:
    """An amount as the reader's language writes it; the bare number where shops count in several currencies."""
    amount = round(Decimal(value), digits)
    if not currency:
        return number_format(amount, digits, force_grouping=True)
    locale = Locale.parse(get_language() or "en", sep="-")
    pattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (digits, digits)
    return str(pattern.apply(amount, locale, currency=currency, currency_digits=False))


def exact(value: Value, unit: Unit) -> str:
    """The value as it was computed, for whoever wants all digits."""
    if value is None:
        return _("No value: there was nothing to count.")
    digits = number_format(Decimal(value) if isinstance(value, str) else value)
    return f"{digits}\u00a0{EXACT[unit]}" if unit in EXACT else digits


def decimal(value: float, digits: int) -> str:
    """In the reader's language; without digits that say nothing."""
    short = number_format(round(value, digits), digits, force_grouping=True)
    return number_format(round(value), 0, force_grouping=True) if digits and round(value, digits) % 1 == 0 else short


def delta(value: Value, before: Value, unit: Unit, better: Better) -> Delta | None:
    """Points for percentages and scores, percent for lengths and counts. None when either has no value."""
    if value is None or before is None:
        return None
    now, then = float(value), float(before)
    if unit in ("percent", "score"):
        change, text = now - then, _("%(n)s pts") % {"n": decimal(abs(now - then), 1)}
    elif then == 0:
        return None
    else:
        change = 100 * (now - then) / then
        text = f"{decimal(abs(change), 1 if abs(change) < 10 else 0)}\u00a0%"
    seen = round(change, 1)
    arrow = "↑" if seen > 0 else "↓" if seen < 0 else "="
    return Delta(f"{arrow} {text}", tone_of(change, better), words(before, unit))


def tone_of(change: float, better: Better) -> Tone:
    if not better or round(change, 1) == 0:
        return "flat"
    return "good" if (change > 0) == (better == "higher") else "bad"


def _span(seconds: float) -> list[Part]:
    """At most two units, rounded in the smaller: days and hours, hours and minutes, minutes and seconds."""
    day, hour, minute, second = (
        pgettext("duration", "d"), pgettext("duration", "h"), pgettext("duration", "min"), pgettext("duration", "s")
    )  # fmt: skip
    whole = round(seconds)
    if whole < MINUTE:
        return [(str(whole), second)]
    if whole < HOUR:
        return _two(whole, MINUTE, minute, second) if whole < 10 * MINUTE else [(str(round(whole / 60)), minute)]
    if whole < 2 * DAY:
        return _two(round(whole / MINUTE), 60, hour, minute)
    return _two(round(whole / HOUR), 24, day, hour)


def _two(amount: int, size: int, big: str, small: str) -> list[Part]:
    many, rest = divmod(amount, size)
    return [(str(many), big), (f"{rest:02}" if size == 60 else str(rest), small)] if rest else [(str(many), big)]
