"""Two forecasts in one, beside the score of the mixture itself."""

import numpy as np
import pytest
from scipy.special import ndtri

from waterbalance.forecast.pool import best_shares, pooled, standard_error
from waterbalance.forecast.skill import coverage, crps

RNG = np.random.default_rng(2)


def mixture_score(first: np.ndarray, second: np.ndarray, observed: np.ndarray, tenths: int) -> float:
    """CRPS of a mixture made by repeating the members of each so often; both have equally many."""
    both = np.concatenate([np.repeat(first, tenths, axis=-1), np.repeat(second, 10 - tenths, axis=-1)], axis=-1)
    return float(crps(both, observed).mean())


@pytest.mark.parametrize(("error", "bias"), [(0.3, 0.0), (1.0, 0.0), (0.3, 1.0), (0.1, 3.0)])
def test_the_best_share_is_that_of_the_mixtures_score(error: float, bias: float) -> None:
    """The same fifteen times over, so that no stretch of time says otherwise and the whole share is sure."""
    observed = RNG.standard_normal((80, 1))
    first = observed[:, :, None] + bias + error * RNG.standard_normal((80, 1, 20)) + error * RNG.standard_normal((80, 1, 1))
    second = RNG.standard_normal((80, 1, 20))
    observed, first, second = (np.concatenate([each] * 15) for each in (observed, first, second))
    scores = [mixture_score(first, second, observed, tenths) for tenths in range(11)]
    share = float(best_shares(first, second, observed)[0])
    assert abs(share - np.argmin(scores) / 10) <= 0.051
    # A parabola through three of them tells the same, exactly.
    bend, slope, _ = np.polyfit([0.0, 0.5, 1.0], [scores[0], scores[5], scores[10]], 2)
    assert share == pytest.approx(np.clip(-slope / (2.0 * bend), 0.0, 1.0), abs=1e-9)


def test_shares_fall_with_the_lead_and_need_a_past() -> None:
    observed = RNG.standard_normal((60, 20))
    grown = np.linspace(0.1, 3.0, 20)[None, :, None]
    first = observed[:, :, None] + grown * RNG.standard_normal((60, 20, 1)) + 0.1 * RNG.standard_normal((60, 20, 15))
    shares = best_shares(first, RNG.standard_normal((60, 20, 15)), observed)
    assert (np.diff(shares) <= 0.0).all()
    assert shares[0] > 0.8
    assert shares[-1] < 0.5
    unknown = np.full((60, 20), np.nan)
    assert best_shares(first, first, unknown).tolist() == [1.0] * 20


def test_days_that_are_not_known_count_nowhere() -> None:
    """Twelve origins lie one in each stretch of time, and a stretch that knows nothing is none."""
    observed = RNG.standard_normal((12, 1))
    first, second = observed[:, :, None] + RNG.standard_normal((12, 1, 10)), RNG.standard_normal((12, 1, 10))
    holed = np.concatenate([observed, np.full((3, 1), np.nan)])
    more = [np.concatenate([each, 99.0 * np.ones((3, 1, 10))]) for each in (first, second)]
    share = best_shares(first, second, observed)
    assert 0.0 < share[0] < 1.0
    assert best_shares(*more, holed) == pytest.approx(share)


def test_what_is_not_sure_is_not_shared() -> None:
    """One member each, so that the score is the absolute error; what came was 0, the second always told 2.

    g = E|Y - o| - E|X - o| + E|X - Y|; X of 1 and 3 in turn gives g = 2 and 0 in turn. Two stretches: mean 1, standard error 1,
    so that nothing is sure. X of 1, 1, 1, 3 in turn: mean 1.5, standard error 0.5, sure 1 - 1 / 9; crps'' = 2 E|X - Y| = 2,
    so that the share is 1.5 / 2 x 8 / 9.
    """
    second, observed = np.full((4, 1, 1), 2.0), np.zeros((4, 1))
    assert best_shares(np.array([1.0, 3.0]).reshape(2, 1, 1), second[:2], observed[:2]).tolist() == [0.0]
    share = best_shares(np.array([1.0, 1.0, 1.0, 3.0]).reshape(4, 1, 1), second, observed)
    assert share == pytest.approx([1.5 / 2.0 * 8.0 / 9.0])


def test_near_leads_are_the_first_ones_until_the_second_is_surely_better() -> None:
    """As above, with h = 2 E|X - Y| - g: X of 1 and 3 in turn gives h = 0 and 2 in turn, of which nothing is sure.

    X of 3, 3, 3, 1: mean 1.5, standard error 0.5, sure 1 - 1 / 9; the second has 1.5 / 2 x 8 / 9 = 2 / 3.
    """
    second, observed = np.full((4, 1, 1), 2.0), np.zeros((4, 1))
    assert best_shares(np.array([1.0, 3.0]).reshape(2, 1, 1), second[:2], observed[:2], 1).tolist() == [1.0]
    share = best_shares(np.array([3.0, 3.0, 3.0, 1.0]).reshape(4, 1, 1), second, observed, 1)
    assert share == pytest.approx([1.0 / 3.0])


def test_the_first_day_is_told_by_itself() -> None:
    """Six leads, of which the first one alone is told well; the second day takes in the first and the third."""
    observed = RNG.standard_normal((90, 6))
    first = observed[:, :, None] + np.array([0.1, 3.0, 3.0, 3.0, 3.0, 3.0])[:, None] * RNG.standard_normal((90, 6, 12))
    second = RNG.standard_normal((90, 6, 12))
    shares = best_shares(first, second, observed)
    assert shares[0] == pytest.approx(best_shares(first[:, :1], second[:, :1], observed[:, :1])[0])
    assert shares[0] > 0.9
    assert shares[-1] < 0.4
    # The fifth and sixth lead are averaged with what stands on either side of them.
    assert standard_error(observed, np.ones((90, 6), dtype=bool))[5] == pytest.approx(
        np.std([part[:, 2:].mean() for part in np.array_split(observed, 15)], ddof=1) / np.sqrt(15.0)
    )


def test_standard_error_by_hand() -> None:
    """Thirty origins in fifteen pairs; the pairs' means are 0 or 1, one unknown value leaves its neighbour."""
    terms = np.repeat([0.0, 1.0] * 7 + [0.0], 2)[:, None]
    expected = np.std([0.0, 1.0] * 7 + [0.0], ddof=1) / np.sqrt(15.0)
    known = np.ones((30, 1), dtype=bool)
    assert standard_error(terms, known) == pytest.approx([expected])
    known[3] = False
    assert standard_error(terms, known) == pytest.approx([expected])
    assert standard_error(terms[:1], known[:1]).tolist() == [0.0]


def test_all_of_one_is_that_one() -> None:
    first, second = np.array([[3.0, 1.0, 2.0, 4.0]]), np.array([[40.0, 10.0, 30.0, 20.0]])
    assert pooled(first, first, second, np.array([1.0])) == pytest.approx(first)
    # The order of the first stays: its largest member has the largest value.
    assert pooled(first, first, second, np.array([0.0])) == pytest.approx(np.array([[30.0, 10.0, 20.0, 40.0]]))
    # Nothing left to chance: thirds of three hundred, in the order of three.
    many = np.arange(300.0)[None, ::-1]
    assert pooled(np.array([[3.0, 1.0, 2.0]]), many, many, np.array([1.0])) == pytest.approx(np.array([[249.5, 49.5, 149.5]]))


def test_half_of_both_by_hand() -> None:
    """Z = 0.5 and 2.5, so E|Z - Z'| = 1, beside 1/2 in each: r = 2, and 3 x^2 - 2 x^3 = 1/4 at x = 1/2 - cos(4 pi / 9)."""
    first, second = np.array([[1.0, 0.0]]), np.array([[2.0, 3.0]])
    inwards = 2.0 * (2.0 * (0.5 - np.cos(4.0 * np.pi / 9.0)) - 0.5)
    expected = np.array([[2.5 - inwards, 0.5 + inwards]])
    assert pooled(first, first, second, np.array([0.5])) == pytest.approx(expected)


def test_a_pool_of_forecasts_that_are_right_holds_what_it_should() -> None:
    """Two honest forecasts of y = a + b + noise, one knows a, one knows b: the 80 % interval of their mixture holds more."""
    a, b, noise = np.random.default_rng(0).standard_normal((3, 2000, 1))
    observed = a + b + 0.2 * noise
    spread = np.sqrt(1.04) * ndtri((np.arange(200) + 0.5) / 200)
    first, second = a + spread, b + spread
    plain = np.concatenate([first, second], axis=1)
    told = pooled(first, first, second, np.full(2000, 0.5))
    held = [coverage(*np.quantile(each, [0.1, 0.9], axis=1), observed[:, 0]) for each in (first, plain, told)]
    assert held[0] == pytest.approx(0.8, abs=0.02)
    assert held[1] > 0.84
    assert abs(held[2] - 0.8) < held[1] - 0.8
    assert crps(told, observed[:, 0]).mean() < crps(plain, observed[:, 0]).mean()
