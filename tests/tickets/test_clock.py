"""Times as agents read them: kept for the next page, but for nobody in another zone or language."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from tickets.views.clock import Times, exact
from tickets.views.departures import departures

AT, NOW = datetime(2026, 3, 1, 23, 30, tzinfo=UTC), datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "language", "read"),
    [
        ("Europe/Paris", "en", ("00:30", "Monday 2 March 2026, 00:30", "Tue 3 Mar, 09:00")),
        ("Europe/London", "en", ("Sun 23:30", "Sunday 1 March 2026, 23:30", "Tue 3 Mar, 09:00")),
        ("Europe/Paris", "fr", ("00:30", "lundi 2 mars 2026, 00:30", "mar. 3 mars, 09:00")),
    ],
)
def test_the_same_instant_for_each_reader(zone: str, language: str, read: tuple[str, str, str]) -> None:
    with timezone.override(ZoneInfo(zone)), translation.override(language):
        assert (Times(NOW).moment(AT), exact(AT), departures(None, NOW)[1].words) == read
