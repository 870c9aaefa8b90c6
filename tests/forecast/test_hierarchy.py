"""Districts that add up, and many zones at once."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError, UsageError
from waterbalance.forecast.hierarchy import proportional, reconciled, shrunk_covariance, summing_matrix
from waterbalance.forecast.many_zones import ManyZones
from waterbalance.horizon import Horizon

SUMMING = summing_matrix(["a", "b"], {"city": ["a", "b"]})


def test_by_hand() -> None:
    """10 + 20 told, 36 for the city: with equal variances each gives a third of the gap of 6 (12, 22, 34)."""
    told = np.array([10.0, 20.0, 36.0])
    assert reconciled(told, SUMMING, np.eye(3)) == pytest.approx([12.0, 22.0, 34.0])
    # Structural weights 1, 1, 2: a gap of 6 over variances 1 + 1 + 2 moves 1.5, 1.5 and 3.
    assert reconciled(told, SUMMING) == pytest.approx([11.5, 21.5, 33.0])


def test_it_adds_up_member_by_member_and_is_never_negative() -> None:
    generator = np.random.default_rng(0)
    told = generator.normal(1.0, 2.0, (3, 7, 50))
    values = reconciled(told, SUMMING)
    assert values[2] == pytest.approx(values[0] + values[1])
    assert (values >= 0.0).all()
    assert (reconciled(np.abs(values), SUMMING) == pytest.approx(values)) is True


def test_the_minimum_trace_beats_other_weights() -> None:
    """Errors of known covariance: the total error of MinT is the least of all reconciliations (Wickramasuriya et al. 2019)."""
    generator = np.random.default_rng(1)
    mixing = generator.standard_normal((3, 3))
    errors = generator.standard_normal((20_000, 3)) @ mixing.T
    truth = SUMMING @ np.array([100.0, 200.0])
    told = (truth + errors).T

    def spread(covariance: np.ndarray | None) -> float:
        return float(((reconciled(told, SUMMING, covariance) - truth[:, None]) ** 2).mean())

    best = spread(mixing @ mixing.T)
    assert spread(shrunk_covariance(errors)) == pytest.approx(best, rel=0.02)
    assert best < 0.99 * min(spread(None), spread(np.eye(3)), float((errors**2).mean()))


def test_shares_by_hand() -> None:
    assert proportional(np.array([[1.0], [3.0]]), np.array([8.0])) == pytest.approx(np.array([[2.0], [6.0]]))
    assert proportional(np.zeros((2, 1)), np.array([8.0])) == pytest.approx(np.array([[4.0], [4.0]]))


def test_sums_of_strangers_are_refused() -> None:
    with pytest.raises(UsageError, match="not there: c"):
        summing_matrix(["a", "b"], {"city": ["a", "c"]})
    with pytest.raises(UsageError, match="2 series are told for 3"):
        reconciled(np.ones(2), SUMMING)


def zones(count: int, days: int = 400) -> pd.DataFrame:
    dates = pd.date_range("2023-01-01", periods=days)
    generator = np.random.default_rng(2)
    weekend = np.where(dates.day_of_week >= 5, 1.2, 1.0)[:, None]
    values = 1000.0 * weekend * np.exp(0.03 * generator.standard_normal((days, count)))
    return pd.DataFrame(values, index=dates, columns=[f"zone {number}" for number in range(count)])


def test_many_zones_are_each_what_they_are_alone() -> None:
    frame = zones(60)
    frame.iloc[100:110, 3] = np.nan
    week = Horizon(tuple(dt.date(2024, 2, 5) + dt.timedelta(days=day) for day in range(8)))
    told = ManyZones().fit(frame).predict(week)
    assert len(told) == 60
    alone = ManyZones().fit(frame[["zone 3"]]).predict(week)["zone 3"]
    assert told["zone 3"].values == pytest.approx(alone.values)
    assert (told["zone 3"].filled, told["zone 4"].filled) == (10, 0)
    assert told["zone 9"].value("median") == pytest.approx([1000.0] * 5 + [1200.0] * 2, rel=0.06)


def test_many_zones_name_the_faulty_one_and_stop_after_a_week() -> None:
    frame = zones(3)
    with pytest.raises(InputError, match=r"zone 1.*too low|too low.*zone 1"):
        ManyZones().fit(frame.assign(**{"zone 1": -1.0}))
    with pytest.raises(InputError, match="the horizon is too long"):
        ManyZones().fit(frame).predict(Horizon((dt.date(2024, 2, 5), dt.date(2024, 2, 20))))


def test_many_zones_name_readings_of_zero() -> None:
    frame = zones(3)
    frame.iloc[-30:, 1] = 0.0
    told = ManyZones().fit(frame).predict(Horizon((dt.date(2024, 2, 5), dt.date(2024, 2, 6))))
    assert told["zone 1"].notes == ("30 days left out, 2024-01-06 to 2024-02-04: zero (an outage?), taken as unknown",)
    assert told["zone 0"].notes == ()
    with pytest.raises(InputError, match=r"zone 2.*all readings are zero|all readings are zero.*zone 2"):
        ManyZones().fit(frame.assign(**{"zone 2": 0.0}))


def test_many_zones_leave_out_what_a_meter_cannot_have_meant() -> None:
    frame = zones(4)
    frame.iloc[-4:, 1] *= 1000.0
    frame.iloc[-30:, 2] = 5.0
    frame.loc[frame.index.day_of_week >= 5, "zone 3"] = np.nan
    week = Horizon(tuple(dt.date(2024, 2, 5) + dt.timedelta(days=day) for day in range(8)))
    told = ManyZones().fit(frame).predict(week)
    for forecast in told.values():
        assert forecast.value("median")[:5] == pytest.approx([1000.0] * 5, rel=0.06)
    notes = [" ".join(told[name].notes) for name in frame.columns]
    assert notes[0] == ""
    assert "4 days left out" in notes[1]
    assert "a thousand times" in notes[1]
    assert "30 days left out" in notes[2]
    assert "Saturday, Sunday" in notes[3]
