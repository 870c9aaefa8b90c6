"""A plan after a week in which a zone got less than planned gives what the right still allows."""

import datetime as dt

import pytest

import waterbalance as wb
from gallery.building import START, Case, canal, case, days_before, make, pipe, river_to_sea, zone
from waterbalance.forecast.readings import Key, Origin, Reading, Trust
from waterbalance.network.network import Network
from waterbalance.network.state import Past, State
from waterbalance.operate.observing.deliveries import accounts, first_steps, metered_volumes, with_metered
from waterbalance.plan.plan import Plan

DAY = dt.timedelta(days=1)
MARCH = dt.date(2021, 3, 1)
INTAKE = ("weir to zone", "inflow")


def delivered(*rates: float, key: Key = ("zone", "delivery"), start: dt.date = MARCH) -> list[Reading]:
    """Metered flows of days in a row [m3/day], known on the next morning."""
    moments = [dt.datetime.combine(start + (n + 1) * DAY, dt.time(4), dt.UTC) for n in range(len(rates))]
    return [Reading(*key, start + n * DAY, rate, "m3/day", "meter", moments[n]) for n, rate in enumerate(rates)]


def right_of_a_month(**fields: object) -> Case:
    """200 a month; seven days of 20 were planned, and the field asks for 50 on each of the next three."""
    return case(
        *river_to_sea(inflow=1000),
        pipe("weir", "zone"),
        zone(),
        make("water_right", "right", subjects=("weir to zone",), volume=200, window="month", **fields),
        days=(1, 1, 1),
        start=dt.date(2021, 3, 8),
        past={INTAKE: days_before(*(20,) * 7, start=dt.date(2021, 3, 8))},
        series={("zone", "demand"): (50, 50, 50)},
    )


def planned(one: Case, state: State) -> Plan:
    """The plan of a case from a state."""
    return wb.solve(one.network, state, one.forecasts, one.policy, one.forecasts.horizon)


def test_what_was_not_delivered_may_still_be_taken() -> None:
    """200 - 7 x 20 = 60 are left by the plan; the meter says 7 x 8, so that 144 are."""
    one = right_of_a_month()
    assert planned(one, one.state).values["zone", "delivery"].sum() == pytest.approx(60)
    state = with_metered(one.state, metered_volumes(delivered(*(8,) * 7), one.network), one.network)
    assert planned(one, state).values["zone", "delivery"].sum() == pytest.approx(144)


def test_what_was_taken_too_much_is_taken_off() -> None:
    one = right_of_a_month()
    state = with_metered(one.state, metered_volumes(delivered(*(25,) * 7), one.network), one.network)
    assert planned(one, state).values["zone", "delivery"].sum() == pytest.approx(25)


def test_days_without_a_meter_stay_as_planned_and_the_account_tells_both() -> None:
    one = right_of_a_month()
    readings = delivered(8, 8, 8)
    readings[2] = Reading(**{**vars(readings[2]), "trust": Trust.UNRELIABLE})
    metered = metered_volumes(readings, one.network)
    state = with_metered(one.state, metered, one.network)
    assert [each.volume for each in state.past[INTAKE]] == [8, 8, 20, 20, 20, 20, 20]
    (account,) = accounts(one.network, state, metered)
    assert (account.right, account.since, account.before) == ("right", MARCH, dt.date(2021, 3, 8))
    assert (account.volume, account.metered, account.planned, account.left) == (200, 16, 100, 84)
    assert planned(one, state).values["zone", "delivery"].sum() == pytest.approx(84)


def test_a_completed_delivery_is_no_meter() -> None:
    one = right_of_a_month()
    held = [Reading(**{**vars(each), "origin": Origin.COMPLETED}) for each in delivered(8, 8)]
    assert metered_volumes(held, one.network) == {}


def test_metering_twice_is_metering_once() -> None:
    one = right_of_a_month()
    metered = metered_volumes(delivered(8, 9, 10), one.network)
    state = with_metered(one.state, metered, one.network)
    assert with_metered(state, metered, one.network) == state


def test_a_right_that_is_carried_over_gets_back_what_was_not_taken() -> None:
    """Its account of 100 is reckoned with 20 a day on two days; the meter says 5 on the second of them."""
    one = case(
        *river_to_sea(inflow=1000),
        pipe("weir", "zone"),
        zone(),
        make("water_right", "right", subjects=("weir to zone",), volume=140, window="month", carry_over=0.5),
        days=(1, 1, 1),
        stocks={("right", "account"): 140},
        series={("zone", "demand"): (20, 20, 200)},
    )
    before = planned(one, one.state)
    day = START + 2 * DAY
    expected = before.state_after(2)
    assert expected.stocks["right", "account"] == pytest.approx(100)
    metered = metered_volumes(delivered(5, start=START + DAY), one.network)
    state = with_metered(expected, metered, one.network, expected_with=first_steps(before, day))
    assert state.stocks["right", "account"] == pytest.approx(115)
    (account,) = accounts(one.network, state, metered)
    assert account.left == pytest.approx(115)
    earlier = metered_volumes(delivered(9, start=START - DAY), one.network)
    assert with_metered(expected, earlier, one.network, expected_with=first_steps(before, day)) == expected


def test_a_long_interval_is_cut_where_a_meter_tells() -> None:
    one = right_of_a_month()
    steady = State(one.state.day, {}, {INTAKE: (Past(MARCH, dt.date(2021, 3, 8), 140.0),)}, frozenset({INTAKE}))
    state = with_metered(steady, metered_volumes(delivered(1, start=dt.date(2021, 3, 3)), one.network), one.network)
    spans = [(each.start.day, each.end.day, each.volume) for each in state.past[INTAKE]]
    assert spans == [(1, 3, 40.0), (3, 4, 1.0), (4, 8, 80.0)]
    assert state.assumed == {INTAKE}
    whole = with_metered(steady, metered_volumes(delivered(*(1,) * 7), one.network), one.network)
    assert whole.assumed == frozenset()


def test_the_intake_is_reckoned_from_the_delivery_by_loss_and_travel_time() -> None:
    network = Network.of([*river_to_sea(inflow=1000), canal("weir", "zone", conveyance_loss=0.2, travel_time=2.0), zone()])
    metered = metered_volumes(delivered(8), network)
    assert metered["canal to zone", "inflow"] == {MARCH - 2 * DAY: pytest.approx(10)}
    measured = metered_volumes([*delivered(8), *delivered(11, key=("canal to zone", "inflow"), start=MARCH - 2 * DAY)], network)
    assert measured["canal to zone", "inflow"] == {MARCH - 2 * DAY: 11}


@pytest.mark.parametrize("fields", [{"travel_time": 0.5}, {"fill_volume": 5.0, "capacity": 100.0}])
def test_an_intake_that_nobody_can_reckon_is_left_as_planned(fields: dict[str, float]) -> None:
    network = Network.of([*river_to_sea(inflow=1000), canal("weir", "zone", **fields), zone()])
    assert set(metered_volumes(delivered(8), network)) == {("zone", "delivery")}


def test_of_two_intakes_none_is_reckoned() -> None:
    network = Network.of([*river_to_sea(inflow=1000), canal("weir", "zone"), pipe("weir", "zone"), zone()])
    assert set(metered_volumes(delivered(8), network)) == {("zone", "delivery")}


def test_a_day_of_23_hours_is_shorter() -> None:
    volumes = metered_volumes(delivered(24, start=dt.date(2021, 3, 28)), Network.of([zone()]), "Europe/Berlin")
    assert volumes["zone", "delivery"] == {dt.date(2021, 3, 28): pytest.approx(23)}
