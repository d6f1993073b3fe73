"""The level matrix of SEEDS section 1, cell by cell, at its boundaries."""

from dataclasses import replace

import pytest

from metrics.levels import (
    DEFAULTS,
    ChannelSpeed,
    Evidence,
    Factor,
    Level,
    accessibility,
    grades,
    of_wait,
    overall,
    proactivity,
    quality,
    resolution,
    response,
    self_service,
)
from metrics.service import cheapest
from metrics.steps import EFFORT, STEPS

MINUTE, HOUR, DAY = 60, 3600, 86_400
STARS = [0, 0, 0, 6, 24]  # thirty ratings, mean exactly 4.8
PERFECT = Evidence(
    speeds=[ChannelSpeed("email", 20, 60.0), ChannelSpeed("chat", 20, 30.0)],
    solves=20,
    resolution=600.0,
    ratings=[0, 0, 0, 3, 57],
    scorecard=True,
    iqs=95.0,
    channels=["chat", "email"],
    relevant=["chat", "email"],
    open_week=7 * DAY,
    articles=20,
    categories=5,
    thinnest=3,
    tracking=10,
    self_service=51.0,
    macros=10,
    announcements=1,
    chats_begun=3,
    notices=30,
    surprises=2,
)


@pytest.mark.parametrize(
    ("channel", "seconds", "level"),
    [
        ("email", 59 * MINUTE + 59, 5),
        ("email", HOUR, 4),
        ("email", 4 * HOUR - 1, 4),
        ("email", 4 * HOUR, 3),
        ("email", 8 * HOUR, 3),
        ("email", DAY, 3),
        ("email", DAY + 1, 2),
        ("email", 3 * DAY, 2),
        ("email", 3 * DAY + 1, 1),
        ("instagram", 15 * MINUTE - 1, 5),
        ("instagram", 15 * MINUTE, 4),
        ("instagram", DAY, 3),
        ("chat", 59, 5),
        ("chat", MINUTE, 4),
        ("chat", 5 * MINUTE - 1, 4),
        ("chat", 5 * MINUTE, 3),
        ("chat", 7 * MINUTE, 3),
        ("chat", 10 * MINUTE, 3),
        ("chat", 20 * MINUTE, 2),
        ("chat", HOUR, 2),
        ("chat", HOUR + 1, 1),
        ("whatsapp", 59, 5),
        ("voice", HOUR + 1, 1),
        ("sms", 59, 5),
    ],
)
def test_response(channel: str, seconds: float, level: int) -> None:
    assert of_wait(channel, seconds) == level


def test_response_is_that_of_the_slowest_channel_with_enough_replies() -> None:
    slow, quick = ChannelSpeed("email", 20, 2.0 * DAY), ChannelSpeed("chat", 20, 30.0)
    assert response([slow, quick]) == 2
    assert response([replace(slow, n=19), quick]) == 5
    assert response([replace(slow, n=19)]) is None


@pytest.mark.parametrize(
    ("seconds", "level"),
    [(HOUR, 5), (HOUR + 1, 4), (4 * HOUR, 4), (8 * HOUR - 1, 3), (8 * HOUR, 2), (40 * HOUR, 2), (40 * HOUR + 1, 1)],
)
def test_resolution(seconds: float, level: int) -> None:
    assert resolution(Evidence(solves=20, resolution=seconds)) == level


def test_resolution_with_many_who_leave_or_slow_chats_is_unacceptable() -> None:
    quick = Evidence(solves=20, resolution=600.0)
    assert resolution(replace(quick, abandonment=20.0)) == 5
    assert resolution(replace(quick, abandonment=20.1)) == 1
    assert resolution(replace(quick, chat_solves=20, chat_resolution=2.0 * HOUR + 1)) == 1
    assert resolution(replace(quick, solves=19)) is None


@pytest.mark.parametrize(
    ("ratings", "scorecard", "iqs", "level"),
    [
        (STARS, False, None, 4),  # 4.8 exactly
        ([0, 0, 0, 21, 79], True, None, 3),  # 4.79
        ([0, 0, 0, 21, 79], False, None, 2),  # nobody has written down what good is
        ([0, 0, 20, 0, 80], True, None, 3),
        ([0, 0, 21, 0, 79], True, None, 2),
        ([50, 0, 50, 0, 0], True, None, 2),
        ([51, 0, 49, 0, 0], True, None, 1),
        ([0, 0, 0, 3, 27], True, 90.0, 5),
        ([0, 0, 0, 3, 27], True, 89.9, 4),
        ([0, 0, 0, 3, 27], True, None, 4),
        ([0, 0, 0, 0, 29], True, 95.0, None),  # 29 ratings: not enough data
    ],
)
def test_quality(ratings: list[int], scorecard: bool, iqs: float | None, level: int | None) -> None:
    assert quality(Evidence(ratings=ratings, scorecard=scorecard, iqs=iqs)) == level


@pytest.mark.parametrize(
    ("channels", "relevant", "open_week", "level"),
    [
        ([], [], 0, None),
        (["email"], [], 0, 1),
        (["email", "form"], [], 0, 2),
        (["email", "chat"], [], 0, 3),
        (["email", "chat"], ["email", "chat", "voice"], 0, 3),
        (["email", "chat"], ["email", "chat"], 7 * DAY - 1, 4),
        (["email", "chat"], ["email", "chat"], 7 * DAY, 5),
    ],
)
def test_accessibility(channels: list[str], relevant: list[str], open_week: float, level: int | None) -> None:
    assert accessibility(Evidence(channels=channels, relevant=relevant, open_week=open_week)) == level


@pytest.mark.parametrize(
    ("evidence", "level"),
    [
        ({}, 1),
        ({"articles": 1, "categories": 5}, 2),
        ({"articles": 5, "categories": 5, "thinnest": 1}, 3),
        ({"articles": 5, "categories": 5, "thinnest": 1, "tracking": 1}, 4),
        ({"articles": 5, "categories": 5, "thinnest": 1, "tracking": 1, "self_service": 50.0}, 4),
        ({"articles": 5, "categories": 5, "thinnest": 1, "tracking": 1, "self_service": 51.0}, 5),
    ],
)
def test_self_service(evidence: dict[str, int], level: int) -> None:
    assert self_service(Evidence(**evidence)) == level


@pytest.mark.parametrize(
    ("evidence", "level"),
    [({}, 1), ({"macros": 5}, 2), ({"announcements": 1}, 3), ({"chats_begun": 1}, 4), ({"notices": 20}, 5)],
)
def test_proactivity(evidence: dict[str, int], level: int) -> None:
    assert proactivity(Evidence(**evidence)) == level


def test_the_weights_fall_from_seven_to_one() -> None:
    assert [(factor.value, factor.weight) for factor in Factor] == [
        ("response", 7),
        ("resolution", 6),
        ("quality", 5),
        ("accessibility", 4),
        ("self_service", 3),
        ("proactivity", 2),
        ("delight", 1),
    ]


def test_everything_perfect_is_stellar() -> None:
    assert overall(grades(PERFECT)) == Level.STELLAR


def test_a_poor_response_caps_the_whole() -> None:
    """S1: response below average and all else stellar is no stellar service."""
    slow = replace(PERFECT, speeds=[ChannelSpeed("email", 20, 2.0 * DAY)])
    levels = grades(slow)
    assert (levels[Factor.RESPONSE], overall(levels)) == (2, 3)


def test_delight_counts_only_when_response_and_resolution_are_above_average() -> None:
    """S26."""
    slow = replace(PERFECT, speeds=[ChannelSpeed("email", 20, 2.0 * DAY)])
    assert grades(slow)[Factor.DELIGHT] is None
    assert overall(grades(slow)) == overall(grades(replace(slow, surprises=0)))
    assert grades(PERFECT)[Factor.DELIGHT] == 5
    assert grades(replace(PERFECT, surprises=0))[Factor.DELIGHT] == 4


@pytest.mark.parametrize("gone", [{"speeds": []}, {"resolution": None, "solves": 0}, {"ratings": [0] * 5}])
def test_without_one_of_the_three_first_there_is_no_grade(gone: dict[str, object]) -> None:
    """S3."""
    assert overall(grades(replace(PERFECT, **gone))) is None


def test_the_mean_is_rounded_down() -> None:
    levels = dict.fromkeys(Factor, Level.STELLAR) | {Factor.DELIGHT: Level.ABOVE_AVERAGE}
    assert overall(levels) == 4


def test_the_next_step_is_the_cheapest_that_raises_the_whole() -> None:
    lacking = replace(PERFECT, self_service=10.0, thinnest=0, tracking=0, surprises=0)
    assert cheapest(grades(lacking), lacking, DEFAULTS) is not None
    assert cheapest(grades(PERFECT), PERFECT, DEFAULTS) is None
    assert set(STEPS) == set(EFFORT)


def test_a_shop_may_change_what_we_assumed() -> None:
    assert of_wait("email", 3 * DAY, {**DEFAULTS, "slow_l2": 2 * DAY}) == 1
