"""Two forecasts in one, beside the score of the mixture itself."""

import numpy as np
import pytest

from waterbalance.forecast.pool import best_shares, pooled, standard_error
from waterbalance.forecast.skill import crps

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


def test_standard_error_by_hand() -> None:
    """Thirty origins in fifteen pairs; the pairs' means are 0 or 1, one unknown value leaves its neighbour."""
    terms = np.repeat([0.0, 1.0] * 7 + [0.0], 2)[:, None]
    expected = np.std([0.0, 1.0] * 7 + [0.0], ddof=1) / np.sqrt(15.0)
    known = np.ones((30, 1), dtype=bool)
    assert standard_error(terms, known) == pytest.approx([expected])
    known[3] = False
    assert standard_error(terms, known) == pytest.approx([expected])
    assert standard_error(terms[:1], known[:1]).tolist() == [0.0]


def test_all_of_one_is_that_one_and_half_is_half() -> None:
    first, second = np.array([[3.0, 1.0, 2.0, 4.0]]), np.array([[40.0, 10.0, 30.0, 20.0]])
    assert pooled(first, second, np.array([1.0])).tolist() == first.tolist()
    # The order of the first stays: its largest member has the largest value.
    assert pooled(first, second, np.array([0.0])).tolist() == [[30.0, 10.0, 20.0, 40.0]]
    # Two of four: places 0.5 and 2.5 of each.
    assert pooled(first, second, np.array([0.5])).tolist() == [[15.0, 1.5, 3.5, 35.0]]
