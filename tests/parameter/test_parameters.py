"""Every kind of parameter at moments that a hand can work out."""

import datetime as dt
import math
from collections.abc import Mapping

import numpy as np
import pytest

from waterbalance.errors import InputError
from waterbalance.network.state import Past, State
from waterbalance.parameter.moment import Moment
from waterbalance.parameter.moments import Moments
from waterbalance.parameter.parameter import Argument, Parameter, parameter_kinds
from waterbalance.parameter.parameters import Parameters

DAY = dt.date(2021, 3, 10)
"""The 69th day of a common year."""

MONTHS = tuple(float(month) for month in range(1, 13))


def make(kind: str, **fields: object) -> Parameter:
    return parameter_kinds()[kind].model_validate(fields)


def state(day: dt.date = DAY, *flows: float, most: float = 10.0) -> State:
    """A lake of 40 m3, a licence of 5, and a river's flows of the days before, the last one last."""
    starts = [day - dt.timedelta(days=number) for number in range(len(flows), 0, -1)]
    past = tuple(Past(start, start + dt.timedelta(days=1), flow) for start, flow in zip(starts, flows, strict=True))
    limits = tuple(Past(each.start, each.end, most) for each in past)
    stocks = {("lake", "storage"): 40.0, ("pond", "storage"): 10.0, ("licence", "account"): 5.0}
    return State(day, stocks, {("river", "flow"): past, ("river", "maximum_flow"): limits})


def value(argument: Argument, *flows: float, day: dt.date = DAY, **named: Argument) -> float:
    return Moment(day, 1.0, state(day, *flows), named).value(argument)


PROFILE = make("monthly_profile", values=MONTHS)
HALVES = {"storages": ["lake"], "capacity": 100.0, "curves": [0.8, 0.3]}

CASES: dict[str, tuple[Parameter, float]] = {
    "monthly": (PROFILE, 3.0),
    # A line from 3 on the first to 4 on the first of April: nine of 31 days have passed.
    "monthly from the first": (make("monthly_profile", values=MONTHS, line="first"), 3 + 9 / 31),
    # From 2 at the end of February to 3 at the end of March: on the tenth of 31 days.
    "monthly to the last": (make("monthly_profile", values=MONTHS, line="last"), 2 + 10 / 31),
    # 10 March is number 69 of a leap year, counted from 0: 31 + 29 + 9.
    "daily": (make("daily_profile", values=list(range(366))), 69.0),
    "weekly": (make("weekly_profile", values=list(range(52))), 9.0),
    # 68 days since 1 January, 65 of 365 left at the end.
    "drawdown": (make("uniform_drawdown", residual_days=65), 1 + (65 / 365 - 1) * 68 / 365),
    # A reset that is still to come this year counts from last year's: 10 March is 281 days after 2 June 2020.
    "drawdown since last year": (make("uniform_drawdown", month=6, day=2), 1 - 281 / 365),
    "harmonics": (make("annual_harmonics", mean=2, amplitudes=[3], phases=[0.5]), 2 + 3 * math.cos(2 * math.pi * 68 / 365 + 0.5)),
    "discount": (make("discount_factor", rate=0.25, base_year=2019), 0.64),
    "year": (make("current_year"), 2021.0),
    "ordinal": (make("ordinal_day"), float(DAY.toordinal())),
    "sum": (make("aggregated", function="sum", of=[1, PROFILE, 2]), 6.0),
    "product": (make("aggregated", function="product", of=[5, PROFILE]), 15.0),
    "smallest": (make("aggregated", function="smallest", of=[5, PROFILE]), 3.0),
    "largest": (make("aggregated", function="largest", of=[5, PROFILE]), 5.0),
    "mean": (make("aggregated", function="mean", of=[5, PROFILE]), 4.0),
    "median": (make("aggregated", function="median", of=[5, PROFILE, 100]), 5.0),
    "any": (make("aggregated", function="any", of=[0, PROFILE]), 1.0),
    "all": (make("aggregated", function="all", of=[0, PROFILE]), 0.0),
    "quotient": (make("quotient", numerator=6, denominator=PROFILE), 2.0),
    "below": (make("threshold", of=PROFILE, **{"is": "<"}, threshold=3.5, values=[10, 20]), 20.0),
    "not above": (make("threshold", of=PROFILE, **{"is": ">"}, threshold=3, values=[10, 20]), 10.0),
    "chosen": (make("indexed_array", place=PROFILE, of=[0, 1, 2, 30]), 30.0),
    "chosen by a threshold": (
        make("indexed_array", place=make("threshold", of=1, **{"is": "="}, threshold=1, values=[7, 8]), of=[100, PROFILE]),
        3.0,
    ),
    "index of several": (
        make("aggregated_index", function="sum", of=[make("threshold", of=1, **{"is": ">="}, threshold=1, values=[7, 8]), 2]),
        3.0,
    ),
    "on": (make("binary_step", of=PROFILE, output=9), 9.0),
    "off": (make("binary_step", of=0, output=9), 0.0),
    "rectified": (make("rectifier", of=0.5, largest=10, smallest=2), 6.0),
    "logistic": (make("logistic", of=0, largest=10, growth=3), 5.0),
    "stored": (make("stored", storages=["lake", "pond"]), 50.0),
    "account": (make("stored", storages=["licence"], capacity=20), 0.25),
    # 40 of 100 lie between the curves at 0.8 and 0.3.
    "control curve": (make("control_curve", **HALVES, values=[1, 2, 3]), 2.0),
    "on the curve": (make("control_curve", storages=["lake"], capacity=100, curves=[0.4], values=[1, 2]), 1.0),
    "no capacity": (make("control_curve", storages=["lake"], capacity=0, curves=[0.5], values=[1, 2]), 1.0),
    "control index": (make("control_curve_index", **HALVES), 1.0),
    # From 20 at 0.8 to 10 at 0.3: a fifth of the way up.
    "control line": (make("control_curve_line", **HALVES, values=[30, 20, 10, 0]), 12.0),
    "control pieces": (make("control_curve_pieces", **HALVES, values=[[9, 8], [7, 2], [1, 0]]), 3.0),
    "interpolated": (make("interpolated", of=PROFILE, x=[0, 4], y=[0, 8]), 6.0),
    "held": (make("interpolated", of=9, x=[0, 4], y=[0, 8], beyond="hold"), 8.0),
    "extended": (make("interpolated", of=9, x=[0, 2, 4], y=[0, 1, 8], beyond="extend"), 25.5),
    "polynomial": (make("polynomial", of=PROFILE, coefficients=[1, 2, 1], offset=1, scale=2), 64.0),
    # 1e6 W x 86400 s = 1000 x 9.81 x 10 x 0.5 x flow, in joules.
    "hydropower": (
        make("hydropower_target", power=8.64e10, elevation=12, turbine_elevation=2, efficiency=0.5, energy_conversion=1),
        8.64e10 / (1000 * 9.81 * 10 * 0.5),
    ),
    "hydropower below its head": (make("hydropower_target", power=1, elevation=1, minimum_head=2, smallest=4), 4.0),
}


@pytest.mark.parametrize(("parameter", "expected"), CASES.values(), ids=CASES.keys())
def test_a_value_by_hand(parameter: Parameter, expected: float) -> None:
    assert value(parameter) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("parameter", "expected"), CASES.values(), ids=CASES.keys())
def test_many_steps_at_once_are_the_same(parameter: Parameter, expected: float) -> None:
    days = [DAY + dt.timedelta(days=number) for number in (0, 20, 60, 300)]
    moments = tuple(Moment(day, 1.0, state(day)) for day in days)
    one_by_one = []
    for moment in moments:
        try:
            one_by_one.append(moment.value(parameter))
        except InputError:
            one_by_one.append(math.nan)
    if not any(map(math.isnan, one_by_one)):
        assert Moments(moments).values(parameter) == pytest.approx(np.array(one_by_one), rel=1e-12)
    assert one_by_one[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("kind", "fields", "flows", "expected"),
    [
        ("flow_before", {}, (), 0.0),
        ("flow_before", {"initial": 7}, (), 7.0),
        ("flow_before", {}, (1.0, 4.0), 4.0),
        ("flow_before", {"steps": 2}, (1.0, 4.0), 1.0),
        ("flow_before", {"steps": 3, "initial": 7}, (1.0, 4.0), 7.0),
        ("mean_flow", {"steps": 3}, (), 0.0),
        ("mean_flow", {"steps": 3}, (1.0, 4.0), 2.5),
        ("mean_flow", {"steps": 2}, (9.0, 1.0, 4.0), 2.5),
        ("deficit_before", {}, (), 0.0),
        ("deficit_before", {}, (1.0, 4.0), 6.0),
        # 297 days of 2021 are left on 10 March, this day included.
        ("annual_licence", {"amount": 302.0}, (1.0, 4.0), 1.0),
    ],
)
def test_flows_of_earlier_steps(kind: str, fields: Mapping[str, object], flows: tuple[float, ...], expected: float) -> None:
    assert value(make(kind, component="river", **fields), *flows) == pytest.approx(expected)


def test_a_licence_forgets_the_year_before() -> None:
    new_year = dt.date(2021, 1, 1)
    assert value(make("annual_licence", component="river", amount=365.0), 50.0, day=new_year) == pytest.approx(1.0)


def test_a_licence_counts_the_days_of_its_year_in_a_step_that_began_before() -> None:
    """Of 70 m3 in a week five days are in the year: 50 of 410 m3 are gone, and 360 days are left on 6 January."""
    week = Past(dt.date(2020, 12, 30), dt.date(2021, 1, 6), 70.0)
    before = State(dt.date(2021, 1, 6), {}, {("river", "flow"): (week,)})
    assert Moment(dt.date(2021, 1, 6), 7.0, before).value(make("annual_licence", component="river", amount=410.0)) == 1.0


def test_a_licence_that_is_overdrawn_gives_nothing() -> None:
    assert value(make("annual_licence", component="river", amount=3.0), 4.0) == 0.0


def test_a_named_parameter_is_worked_out_once() -> None:
    counted = make("aggregated", function="sum", of=["demand", "demand"])
    moment = Moment(DAY, 1.0, state(), {"demand": PROFILE})
    assert moment.value(counted) == 6.0
    assert moment.value("demand") == 3.0


def test_what_moves_with_the_state_is_known() -> None:
    curve = make("control_curve", **HALVES, values=[1, 2, "deep"])
    parameters = Parameters({"deep": make("flow_before", component="river"), "still": PROFILE, "through": "deep"})
    assert parameters.moves(curve)
    assert parameters.moves("through")
    assert not parameters.moves("still")
    assert not parameters.moves(3.0)


@pytest.mark.parametrize(
    ("parameter", "complaint"),
    [
        (make("quotient", numerator=1, denominator=0), "divides by zero"),
        (make("indexed_array", place=2, of=[1, 2]), "chooses what is not there"),
        (make("interpolated", of=9, x=[0, 4], y=[0, 8]), "outside of a curve"),
        (make("stored", storages=["sea"]), "storage of sea"),
    ],
)
def test_what_cannot_be_worked_out_is_told(parameter: Parameter, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        value(parameter)


def test_every_kind_is_tried() -> None:
    tried = {type(parameter).kind() for parameter, _ in CASES.values()}
    assert set(parameter_kinds()) - tried == {"series", "flow_before", "mean_flow", "deficit_before", "annual_licence"}
