"""Public holidays by country, from the `holidays` library."""

from datetime import date
from functools import lru_cache

from holidays import country_holidays, list_localized_countries, list_supported_countries


@lru_cache(maxsize=1)
def countries() -> dict[str, tuple[str, ...]]:
    """Country codes (ISO 3166-1) with the codes of their subdivisions."""
    return {code: tuple(parts) for code, parts in list_supported_countries(include_aliases=False).items()}


@lru_cache(maxsize=512)
def holidays_in(year: int, country: str, subdivision: str = "", language: str = "") -> dict[date, tuple[str, ...]]:
    """The public holidays of a year, in order, each with its names: several may fall on one day.

    Named in the country's own first language, or in `language` ("fr", "en") where the library knows it.
    KeyError for an unknown country.
    """
    if country not in countries():
        raise KeyError(country)
    # The library would otherwise ask the environment: each process could name the days differently.
    spoken = (_localised(country, language) if language else None) or country_holidays(country).default_language
    found = country_holidays(country, subdiv=subdivision or None, years=year, language=spoken)
    return {day: tuple(found.get_list(day)) for day in sorted(found) if day.year == year}


def is_closed(day: date, country: str, subdivision: str, worked: frozenset[str]) -> bool:
    """Whether a holiday closes this day: one of its names is not among those worked."""
    return any(name not in worked for name in holidays_in(day.year, country, subdivision).get(day, ()))


def _localised(country: str, language: str) -> str | None:
    """The library's name of this language for this country: "en" is "en_US" to it."""
    return next((code for code in list_localized_countries().get(country, []) if code.startswith(language)), None)
