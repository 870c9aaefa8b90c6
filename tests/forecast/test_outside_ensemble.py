"""Members from outside: which issue counts, what is corrected, and what comes after its last day."""

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError
from waterbalance.forecast.cross_validation import cross_validation
from waterbalance.forecast.outside_ensemble import OutsideEnsemble
from waterbalance.horizon import Horizon

HISTORY = pd.Series(10.0, index=pd.date_range("2019-01-01", "2021-05-31"))


def issue(day: str, values: dict[int, list[float]]) -> pd.DataFrame:
    """Members whose values begin on the day after the issue."""
    rows = [
        {"issued": day, "ds": date, "member": member, "value": value}
        for member, told in values.items()
        for date, value in zip(pd.date_range(day, periods=len(told) + 1)[1:], told, strict=True)
    ]
    return pd.DataFrame(rows)


def daily(first: str, count: int) -> Horizon:
    return Horizon(tuple(day.date() for day in pd.date_range(first, periods=count + 1)))


def test_the_newest_issue_then_climatology() -> None:
    issues = pd.concat([issue("2021-05-31", {1: [20.0, 30.0], 2: [40.0, 50.0]}), issue("2021-06-01", {1: [99.0]})])
    forecast = OutsideEnsemble(issues).fit(HISTORY).predict(daily("2021-06-01", 4), members=4)
    assert sorted(forecast.values[0]) == [20.0, 20.0, 40.0, 40.0]
    assert sorted(forecast.values[1]) == [30.0, 30.0, 50.0, 50.0]
    # A member stays a member from day to day.
    assert (forecast.values[1] - forecast.values[0]).tolist() == [10.0] * 4
    assert (forecast.values[2:] == 10.0).all()
    assert forecast.label == "2 members issued 2021-05-31 to 2021-06-02, then day-of-year climatology 2019-2021"
    assert forecast.notes == ()


def test_a_gauge_that_lags_hides_no_newer_issue() -> None:
    """The gauge ends on 17 May: on 20 May the issue of the 19th counts, that of the 20th does not yet."""
    issues = pd.concat([issue(f"2021-05-{day}", {1: [float(day)] * 5}) for day in (17, 19, 20)])
    forecaster = OutsideEnsemble(issues).fit(HISTORY[:"2021-05-17"])
    forecast = forecaster.predict(daily("2021-05-20", 2), members=1)
    assert forecast.values[:, 0].tolist() == [19.0, 19.0]
    assert forecast.label.startswith("1 members issued 2021-05-19 to 2021-05-21")
    assert forecaster.predict(daily("2021-05-18", 2), members=1).values[:, 0].tolist() == [17.0, 17.0]


def test_an_old_issue_and_none_are_told() -> None:
    old = OutsideEnsemble(issue("2021-05-01", {1: [20.0] * 5})).fit(HISTORY).predict(daily("2021-06-01", 2))
    assert old.label == "day-of-year climatology 2019-2021"
    assert old.notes == ("the newest outside ensemble, 1 members issued 2021-05-01, tells none of these days",)
    none = OutsideEnsemble(issue("2022-05-01", {1: [20.0] * 5})).fit(HISTORY).predict(daily("2021-06-01", 2))
    assert none.notes == ("no issue of the outside ensemble is known yet",)
    assert (none.values == 10.0).all()


def test_the_bias_of_earlier_issues_is_taken_out_by_week() -> None:
    """30 days of the first week told twice too much: (10 / 20) ^ (30 / 60); the second week was right."""
    archive = [issue(str(day.date()), {1: [20.0] * 5}) for day in pd.date_range("2021-04-01", periods=6, freq="5D")]
    second = [issue(str(day.date()), {1: [np.nan] * 7 + [10.0] * 3}).dropna() for day in pd.date_range("2021-03-01", periods=2)]
    issues = pd.concat([*archive, *second, issue("2021-05-31", {1: [8.0] * 10})])
    values = OutsideEnsemble(issues).fit(HISTORY).predict(daily("2021-06-01", 10), members=1).values[:, 0]
    assert values[:7] == pytest.approx([8.0 * 0.5**0.5] * 7)
    assert values[7:] == pytest.approx([8.0] * 3)


def test_levels_are_corrected_by_a_difference() -> None:
    issues = pd.concat([issue("2021-05-01", {1: [13.0] * 7, 2: [15.0] * 7}), issue("2021-05-31", {1: [8.0]})])
    level = OutsideEnsemble(issues, kind="level").fit(HISTORY).predict(daily("2021-06-01", 1), members=1).values
    assert level[0, 0] == pytest.approx(8.0 + (10.0 - 14.0) * 7 / (7 + 30))


def test_backtests_see_what_was_issued_by_then() -> None:
    issues = pd.concat([issue(str(day.date()), {1: [float(day.day)] * 3}) for day in pd.date_range("2021-05-10", "2021-05-28")])
    told = cross_validation(OutsideEnsemble(issues), HISTORY, h=2, step_size=1, n_windows=15)
    newest = np.minimum(told["cutoff"].dt.day, 28)
    uncorrected = told[told["cutoff"] == "2021-05-16"]["mean"].iloc[0]
    # Issues of the 10th to the 15th told 6 x 3 days up to the 18th, of which 3 + 3 + 3 + 3 + 2 + 1 are known on the 16th.
    assert uncorrected == pytest.approx(16.0 * (150.0 / (3 * (10 + 11 + 12 + 13) + 2 * 14 + 15)) ** (15 / 45))
    assert (told["mean"] <= newest).all()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda issues: issues.drop(columns="member"), "lack the column 'member'"),
        (lambda issues: issues.iloc[:0], "there are no issues"),
        (lambda issues: issues.assign(value=-1.0), "a value of an issue cannot be; found -1.0 for 2021-06-01"),
        (lambda issues: pd.concat([issues, issues]), "a member tells a day twice"),
    ],
)
def test_faulty_issues_are_refused(spoil: object, message: str) -> None:
    assert callable(spoil)
    with pytest.raises(InputError, match=message):
        OutsideEnsemble(spoil(issue("2021-05-31", {1: [20.0]}))).fit(HISTORY)


def test_issues_in_another_unit_are_refused() -> None:
    """A thousand times what the river ever had: one issue, or many of which none alone would be beyond it."""
    noise = pd.Series(np.random.default_rng(0).uniform(8.0, 12.0, len(HISTORY)), HISTORY.index)
    message = "another unit than the record; found [0-9.e+-]* times the median of the 28 days before 2021-05-31"
    for factor in (1000.0, 0.001):
        with pytest.raises(InputError, match=message):
            OutsideEnsemble(issue("2021-05-31", {1: [10.0 * factor] * 5})).fit(noise).predict(daily("2021-06-01", 3))
    flooded = noise.copy()
    flooded["2020-06-10":"2020-06-11"] = [9000.0, 900.0]
    archive = [issue(str(day.date()), {1: [10_000.0] * 5}) for day in pd.date_range(end="2021-05-31", periods=5, freq="5D")]
    with pytest.raises(InputError, match=message):
        OutsideEnsemble(pd.concat(archive)).fit(flooded).predict(daily("2021-06-01", 3))


@pytest.mark.parametrize("factor", [1000.0, 0.001])
def test_a_member_in_another_unit_than_the_others_is_left_out_by_name(factor: float) -> None:
    usual = {member: [9.0 + member] * 5 for member in range(1, 5)}
    odd = usual | {3: [12.0 * factor] * 3 + [12.0] * 2}
    made = OutsideEnsemble(issue("2021-05-31", odd)).fit(HISTORY).predict(daily("2021-06-01", 5), members=12)
    assert set(made.values[0]) == {10.0, 11.0, 13.0}
    assert [note for note in made.notes if note.startswith("member 3 left out of the outside ensemble")]
    few = usual | {3: [12.0 * factor] * 2 + [12.0] * 3}
    made = OutsideEnsemble(issue("2021-05-31", few)).fit(HISTORY).predict(daily("2021-06-01", 5), members=12)
    assert (set(made.values[4]), made.notes) == ({10.0, 11.0, 12.0, 13.0}, ())


def test_a_member_that_breaks_off_shortens_nobody_else() -> None:
    """Half a file: the fourth member ends after a day. Three are left, each twice among six."""
    whole = {1: [20.0, 30.0, 40.0], 2: [21.0, 31.0, 41.0], 3: [22.0, 32.0, 42.0]}
    forecast = OutsideEnsemble(issue("2021-05-31", {**whole, 4: [99.0]})).fit(HISTORY).predict(daily("2021-06-01", 3), members=6)
    assert sorted(forecast.values[0]) == [20.0, 20.0, 21.0, 21.0, 22.0, 22.0]
    assert sorted(forecast.values[2]) == [40.0, 40.0, 41.0, 41.0, 42.0, 42.0]
    assert forecast.notes == ("member 4 left out of the outside ensemble: fewer days than the others",)


def test_of_two_members_and_of_dry_days_nobody_is_odd() -> None:
    """A river that dries up in most members may yet run in one."""
    for told in (
        {1: [10.0] * 3, 2: [1500.0] * 3},
        {1: [0.0] * 3, 2: [0.0] * 3, 3: [5.0] * 3},
        {1: [5.0] * 3, 2: [5.0] * 3, 3: [0.0] * 3},
    ):
        made = OutsideEnsemble(issue("2021-05-31", told)).fit(HISTORY).predict(daily("2021-06-01", 3), members=6)
        assert len(set(made.values[0])) == 2
        assert not [note for note in made.notes if "left out" in note]


def test_one_issue_of_a_flood_that_the_river_has_known_is_noted() -> None:
    flooded = HISTORY.copy()
    flooded["2020-06-10":"2020-06-11"] = [5000.0, 500.0]
    told = OutsideEnsemble(issue("2021-05-31", {1: [6000.0] * 3})).fit(flooded).predict(daily("2021-06-01", 3), members=1)
    assert told.values[:, 0].tolist() == [6000.0] * 3
    assert told.notes == ("the newest outside ensemble tells 600 times the 28 days before it (another unit?)",)
