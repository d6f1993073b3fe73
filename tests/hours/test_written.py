"""What people write into a day of the week."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hours.rules import clock_text
from hours.written import Reading, read, write


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("09:00–12:30, 13:30–18:00", [["09:00", "12:30"], ["13:30", "18:00"]]),
        ("9h-12h30 et 13h30 à 18h", [["09:00", "12:30"], ["13:30", "18:00"]]),
        ("13:30-18, 9-12", [["09:00", "12:00"], ["13:30", "18:00"]]),
        ("20:00–02:00", [["20:00", "26:00"]]),
        ("22:00–00:00", [["22:00", "24:00"]]),
        ("22:00-26:00", [["22:00", "26:00"]]),
        ("Fermé", []),
        ("", []),
        ("24/7", [["00:00", "24:00"]]),
        ("0-24", [["00:00", "24:00"]]),
    ],
)
def test_many_spellings(text, spans):
    assert read(text) == Reading(spans)


@pytest.mark.parametrize(
    ("text", "wrong", "turned"),
    [
        ("09:00–12:30, 13:30–12:00", "13:30–12:00", (810, 720)),
        ("9-9", "9-9", (540, 540)),
        ("9 to 5.30", "9 to 5.30", (540, 330)),  # until the next morning: a slip
        ("morning", "morning", None),
        ("09:00–12:75", "09:00–12:75", None),
        ("09:00–49:00", "09:00–49:00", None),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_kept(text, wrong, turned):
    reading = read(text)
    assert (reading.wrong, reading.turned) == (wrong, turned)
    assert reading.spans == ([["09:00", "12:30"]] if "12:30" in text else [])


minutes = st.integers(0, 48 * 60)


@given(st.lists(st.tuples(minutes, minutes).filter(lambda one: one[0] < one[1]), max_size=4))
def test_what_is_written_is_read_again(spans):
    kept = [[clock_text(opens), clock_text(closes)] for opens, closes in sorted(spans)]
    assert read(write(kept)) == Reading(kept)
