"""Names of weekdays in the reader's language, Monday first."""

from babel.dates import get_day_names
from django.utils.translation import get_language


def names() -> list[str]:
    """Monday to Sunday."""
    found = get_day_names("wide", locale=_locale())
    return [found[day] for day in range(7)]


def short() -> list[str]:
    """Mon to Sun."""
    found = get_day_names("abbreviated", locale=_locale())
    return [found[day] for day in range(7)]


def _locale() -> str:
    return (get_language() or "en").replace("-", "_")
