"""Robust ridge regression against least squares, an optimiser and its own loss."""

import numpy as np
import pytest
from scipy.optimize import minimize

from waterbalance.forecast.huber_ridge import BEND, huber_ridge


def made(rows: int = 300, columns: int = 4, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    x = generator.standard_normal((rows, columns)) + 0.5
    return x, 2.0 + x @ np.arange(1.0, columns + 1.0) + 0.1 * generator.standard_normal(rows)


def test_outliers_do_not_pull() -> None:
    """A tenth of the values 50 too high: least squares moves the constant by 5, this by a little."""
    x, y = made()
    y[::10] += 50.0
    constant, slopes = huber_ridge(x, y, 0.0)
    assert abs(np.linalg.lstsq(np.column_stack([np.ones(300), x]), y)[0][0] - 2.0) > 3.0
    assert constant == pytest.approx(2.0, abs=0.05)
    assert slopes == pytest.approx(np.arange(1.0, 5.0), abs=0.05)


def test_it_is_where_the_loss_is_least() -> None:
    """scipy finds the same minimum of the loss in the docstring, at the scale of the solution's own residuals."""
    x, y = made(80)
    y[::7] -= 3.0
    constant, slopes = huber_ridge(x, y, 5.0, passes=400)
    residuals = y - constant - x @ slopes
    scale = 1.4826 * np.median(np.abs(residuals))

    def loss(parameters: np.ndarray) -> float:
        ratio = np.abs(y - parameters[0] - x @ parameters[1:]) / scale
        rho = np.where(ratio <= BEND, ratio**2 / 2.0, BEND * ratio - BEND**2 / 2.0)
        return float(scale**2 * rho.sum() + 5.0 * (parameters[1:] ** 2).sum() / 2.0)

    best = minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-10}).x
    assert np.array([constant, *slopes]) == pytest.approx(best, abs=1e-5)


def test_many_series_are_each_their_own() -> None:
    """A batch with holes gives what each series gives without the unknown rows."""
    pairs = [made(seed=seed) for seed in range(3)]
    x, y = np.stack([pair[0] for pair in pairs]), np.stack([pair[1] for pair in pairs])
    y[1, 20:90] = np.nan
    constants, slopes = huber_ridge(x, y, 3.0)
    for number in range(3):
        seen = np.isfinite(y[number])
        one, those = huber_ridge(x[number][seen], y[number][seen], 3.0)
        assert constants[number] == pytest.approx(one, abs=1e-9)
        assert slopes[number] == pytest.approx(those, abs=1e-9)


def test_a_column_that_never_varies_gets_nothing() -> None:
    x, y = made()
    _, slopes = huber_ridge(np.column_stack([x, np.full(300, 3.0), np.zeros(300)]), y, 1.0)
    assert slopes[-2:] == pytest.approx([0.0, 0.0], abs=1e-9)


def test_nothing_known_is_nothing_learned() -> None:
    constant, slopes = huber_ridge(np.ones((5, 2)), np.full(5, np.nan), 1.0)
    assert constant == 0.0
    assert slopes == pytest.approx([0.0, 0.0])
