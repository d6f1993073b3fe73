"""Public holidays: the same names in every process, several on one day, parts of countries."""

from datetime import date

import pytest

from hours.holidays import countries, holidays_in, is_closed


def test_the_eleven_days_of_france():
    assert [day.isoformat() for day in holidays_in(2026, "FR")] == [
        "2026-01-01", "2026-04-06", "2026-05-01", "2026-05-08", "2026-05-14", "2026-05-25",
        "2026-07-14", "2026-08-15", "2026-11-01", "2026-11-11", "2026-12-25",
    ]  # fmt: skip


def test_names_do_not_depend_on_the_environment(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "en_US")
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    holidays_in.cache_clear()
    assert holidays_in(2026, "FR")[date(2026, 5, 25)] == ("Lundi de Pentecôte",)
    assert holidays_in(2026, "FR", language="en")[date(2026, 12, 25)] == ("Christmas Day",)


def test_two_holidays_on_one_day_are_two():
    assert holidays_in(2008, "FR")[date(2008, 5, 1)] == ("Ascension", "Fête du Travail")
    assert is_closed(date(2008, 5, 1), "FR", "", frozenset({"Ascension"}))
    assert not is_closed(date(2008, 5, 1), "FR", "", frozenset({"Ascension", "Fête du Travail"}))


def test_unknown_countries_are_refused():
    with pytest.raises(KeyError):
        holidays_in(2026, "XX")
    assert "57" in countries()["FR"]
