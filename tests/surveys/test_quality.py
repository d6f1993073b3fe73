"""The formula of internal quality, with the figures of KPIS (IQS)."""

import pytest

from surveys.quality import Marked, internal_quality_score, review_score


def mark(value: int | None, *, weight: int = 1, critical: bool = False, least: int = 0, most: int = 100) -> Marked:
    return Marked(value, least, most, weight, critical)


def test_the_mean_of_five_reviews():
    assert internal_quality_score([100, 9.91, 63.96, 90.99, 0]) == pytest.approx(52.972)
    assert round(internal_quality_score([100, 9.91, 63.96, 90.99, 0]), 2) == 52.97


def test_reviews_without_a_score_do_not_count():
    assert internal_quality_score([80, None, 60]) == 70
    assert internal_quality_score([None]) is None
    assert internal_quality_score([]) is None


@pytest.mark.parametrize(("critical", "score"), [(49, 0.0), (50, 83.33), (51, 83.67)])
def test_a_critical_category_below_half_fails_the_review(critical, score):
    assert round(review_score([mark(critical, critical=True), mark(100, weight=2)]), 2) == score


def test_weights_and_scales():
    marks = [mark(3, least=1, most=5, weight=30), mark(4, least=0, most=4, weight=10)]
    assert review_score(marks) == (30 * 50 + 10 * 100) / 40


def test_what_does_not_apply_is_left_out():
    assert review_score([mark(None, weight=50, critical=True), mark(40)]) == 40
    assert review_score([mark(None), mark(None)]) is None
    assert review_score([]) is None
