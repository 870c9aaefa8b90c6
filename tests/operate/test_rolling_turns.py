"""Twelve nights in turn, each planned anew from the orders of the night before, whose first days are done."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from schedule.canal_simulation import simulate
from schedule.test_running import joined
from waterbalance.operate.planning.plan_scenario import plan_scenario
from waterbalance.operate.planning.scheduled import Followed
from waterbalance.report.files import write_files
from waterbalance.report.language import Language, Wording
from waterbalance.report.planned import Planned
from waterbalance.report.summary import summarise
from waterbalance.report.turn_rounds import round_rows
from waterbalance.scenario.read import read_scenario
from waterbalance.schedule.schedule import Order, Schedule
from waterbalance.schedule.turn_audit import audit_turns

FIRST, NIGHTS = dt.date(2026, 11, 26), 12
TAIPEI = dt.timezone(dt.timedelta(hours=8))
DAILY = {"a1": 3500.0, "a2": 3500.0, "a3": 3500.0, "a4": 3500.0, "b1": 6000.0, "b2": 6000.0}

SCENARIO = """\
waterbalance: 1
name: egret
time_zone: Asia/Taipei
currency: NTD
horizon: {start: 2026-11-26, last_day: 2026-12-20, daily_steps: 8}
policy: {preset: drought_practice}
components:
  lake: {type: reservoir, capacity: 5 Mm3, dead_storage: 200000 m3}
  cA: {type: canal, source: lake, target: zA, capacity: 0.6 m3/s}
  cB: {type: canal, source: lake, target: zB, capacity: 0.6 m3/s}
  zA: {type: irrigation_zone, area: 200 ha, demand: 14000 m3/day}
  zB: {type: irrigation_zone, area: 200 ha, demand: 12000 m3/day}
state: {file: tables/state.csv, source: assumed}
tables:
  - {file: tables/inflow.csv, label: invented, source: assumed}
turns:
  slot: 4 h
  days: 8
  working_hours: [6, 18]
  time_limit: null
  gap: 0.005
  canals:
    latA:
      capacity: 0.6 m3/s
      operation: rotational
      rotation: {turn: 4 days, first_day: 2026-11-26, order: free, groups: {up: [[a1, a2]], low: [[a3], [a4]]}}
      reaches:
        - capacity: 0.6 m3/s
          travel_time: 30 min
          conveyance_loss: 3 %
          seepage: 1 l/s
          fill_volume: 400 m3
          turnouts:
            a1: {zone: zA, share: 25 %, capacity: 0.25 m3/s, minimum_run: 8 h}
            a2: {zone: zA, share: 25 %, capacity: 0.25 m3/s, minimum_run: 8 h}
        - capacity: 0.5 m3/s
          travel_time: 30 min
          turnouts:
            a3: {zone: zA, share: 25 %, capacity: 0.4 m3/s, minimum_run: 8 h}
            a4: {zone: zA, share: 25 %, capacity: 0.4 m3/s, minimum_run: 8 h}
    latB:
      capacity: 0.6 m3/s
      operation: rotational
      rotation: {turn: 3 days, first_day: 2026-11-26, order: fixed, groups: {one: [[b1], [b2]]}}
      reaches:
        - capacity: 0.6 m3/s
          turnouts:
            b1: {zone: zB, share: 50 %, capacity: 0.4 m3/s}
            b2: {zone: zB, share: 50 %, capacity: 0.4 m3/s}
"""


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> list[Planned]:
    folder: Path = tmp_path_factory.mktemp("egret")
    (folder / "tables").mkdir()
    (folder / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    days = [FIRST + dt.timedelta(days=number) for number in range(-1, NIGHTS)]
    (folder / "tables" / "state.csv").write_text("date,lake.storage [Mm3]\n" + "".join(f"{day},4.5\n" for day in days))
    (folder / "tables" / "inflow.csv").write_text("from,lake.inflow [m3/s]\n2026-11-26,0.8\n2026-12-01,0.8\n2026-12-11,0.8\n")
    scenario = read_scenario(folder)
    found: list[Planned] = []
    followed: Followed | None = None
    for day in days[1:]:
        planned = plan_scenario(scenario, day, followed=followed)
        assert planned.schedule is not None
        # As the file tells it.
        followed = Followed(Schedule.from_dict(json.loads(json.dumps(planned.schedule.to_dict()))))
        found.append(planned)
    return found


@pytest.fixture(scope="module")
def done(nights: Sequence[Planned]) -> dict[str, Order]:
    """Every night's orders until the next ones begin, twelve days of each gate in all."""
    orders: tuple[Order, ...] = ()
    for planned in nights:
        assert planned.schedule is not None
        orders = joined(orders, planned.schedule.orders) if orders else planned.schedule.orders
    return {order.structure: _days(order, dt.timedelta(days=NIGHTS)) for order in orders}


def _days(order: Order, days: dt.timedelta) -> Order:
    end = order.valid_from + days
    return replace(order, settings=tuple(replace(each, end=min(each.end, end)) for each in order.settings if each.start < end))


def at(order: Order, moment: dt.datetime) -> float:
    return next((each.setpoint for each in order.settings if each.start <= moment < each.end), 0.0)


def test_every_night_goes_on(nights: Sequence[Planned]) -> None:
    for planned in nights:
        assert planned.turns is not None
        assert planned.turns.notes == ()
        assert [finding for timetable in planned.turns.timetables for finding in audit_turns(timetable)] == []


def simulated(nights: Sequence[Planned], done: dict[str, Order], days: int) -> dict[str, float]:
    """What the orders of the first days really bring, by the water that was ordered and not by what plans say of themselves."""
    assert nights[0].turns is not None
    brought: dict[str, float] = {}
    for timetable in nights[0].turns.timetables:
        names = {turnout.name for _, turnout in timetable.tree.turnouts} | {canal.name for canal in timetable.tree.canals}
        brought |= simulate(timetable.tree, [_days(done[name], dt.timedelta(days=days)) for name in names])
    return brought


def test_over_a_round_every_field_has_its_water(nights: Sequence[Planned], done: dict[str, Order]) -> None:
    """Rounds end after eight days on one canal, and after three, six, nine and twelve on the other."""
    for canal, days in (("a", 8), ("b", 9), ("b", 12)):
        brought = {name: volume for name, volume in simulated(nights, done, days).items() if name.startswith(canal)}
        assert {name: volume for name, volume in brought.items() if volume < 0.99 * days * DAILY[name]} == {}


def test_over_twelve_nights_fields_have_their_water_or_wait_for_it(nights: Sequence[Planned], done: dict[str, Order]) -> None:
    """What lacks in the middle of the second round is of the group whose turn comes next, and the last schedule brings it."""
    brought = simulated(nights, done, NIGHTS)
    short = {name for name, volume in brought.items() if volume < 0.99 * NIGHTS * DAILY[name]}
    assert nights[-1].turns is not None
    fields = {field.turnout: field for field in nights[-1].turns.fields}
    turn = dt.datetime(2026, 12, 4, tzinfo=TAIPEI)
    had = {gate for gate, order in done.items() if any(each.start >= turn and each.setpoint > 0 for each in order.settings)}
    assert short & had == set()
    assert all(fields[name].cause is not None or fields[name].short <= 0.01 * fields[name].wanted for name in short)
    # Nobody has more than is planned for the days that the last schedule reaches to.
    assert all(volume <= 1.02 * (NIGHTS + 7) * DAILY[name] for name, volume in brought.items())


def test_what_lacks_is_told_as_it_is(nights: Sequence[Planned], done: dict[str, Order]) -> None:
    """Every account: planned until then less what the orders let through."""
    for number, planned in enumerate(nights):
        assert planned.turns is not None
        for field in planned.turns.fields:
            assert field.before == pytest.approx(number * DAILY[field.turnout] - _volume(done[field.turnout], number), abs=60.0)


def _volume(order: Order, days: int) -> float:
    cut = order.valid_from + dt.timedelta(days=days)
    spans = [(each.setpoint, (min(each.end, cut) - each.start).total_seconds()) for each in order.settings if each.start < cut]
    return sum(setpoint * seconds for setpoint, seconds in spans)


def test_the_running_round_is_told_as_it_is(nights: Sequence[Planned], done: dict[str, Order]) -> None:
    """Planned: what lacked as the round began and the days since; ordered: what the orders have let through since then."""
    for number, planned in enumerate(nights):
        assert planned.turns is not None
        assert len(planned.turns.rounds) == len(DAILY)
        fields = {field.turnout: field for field in planned.turns.fields}
        for each in planned.turns.rounds:
            first = number - number % (8 if each.turnout.startswith("a") else 3)
            since = nights[first].turns
            assert since is not None
            lacked = next(field.before for field in since.fields if field.turnout == each.turnout)
            order = done[each.turnout]
            assert abs(each.begin - order.valid_from - dt.timedelta(days=first)) < dt.timedelta(hours=1)
            assert each.planned == pytest.approx(lacked + (number - first) * DAILY[each.turnout], abs=60.0)
            assert each.ordered == pytest.approx(_volume(order, number) - _volume(order, first), abs=60.0)
            assert each.behind == pytest.approx(fields[each.turnout].before, abs=1e-6)


def test_who_is_behind_is_told_its_turn_or_what_prevents_it(nights: Sequence[Planned]) -> None:
    """The moment is the begin of a run of the same orders; in the middle of rounds somebody is behind."""
    behind = 0
    for planned in nights:
        assert planned.turns is not None
        assert planned.schedule is not None
        orders = {order.structure: order for order in planned.schedule.orders}
        causes = {field.turnout: field.cause for field in planned.turns.fields}
        for each in planned.turns.rounds:
            behind += each.is_behind
            if each.turn is None:
                assert not each.is_behind or causes[each.turnout] is not None
            else:
                assert at(orders[each.turnout], each.turn) > 0.0
                assert at(orders[each.turnout], each.turn - dt.timedelta(seconds=1)) == 0.0
    assert behind > 0


@pytest.mark.parametrize(("language", "words"), [("en", "its turn comes on"), ("zh-TW", "輪次於")])
def test_reports_tell_who_is_behind(nights: Sequence[Planned], tmp_path: Path, language: Language, words: str) -> None:
    summary = summarise(nights[2])
    late = [row for row in json.loads(json.dumps(summary.to_dict()))["turn_rounds"] if row["is_behind"]]
    assert late
    assert all(row["behind"] == pytest.approx(row["planned"] - row["ordered"]) for row in late)
    write_files(nights[2], tmp_path, language)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count(words) == len([row for row in late if row["turn"]])
    assert Wording(language).moment(late[0]["turn"]) in page


@pytest.mark.parametrize(("language", "words"), [("en", "its turn comes after these days"), ("zh-TW", "輪灌時間在此期間之後")])
def test_who_is_behind_without_a_turn_is_told_the_cause(nights: Sequence[Planned], language: Language, words: str) -> None:
    summary = summarise(nights[2])
    late = next(each for each in summary.turn_rounds if each.is_behind)
    field = next(each for each in summary.turns if each.turnout == late.turnout)
    rows = round_rows(
        (replace(late, turn=None),), (replace(field, cause="turn_later"),), nights[2].scenario.network, Wording(language)
    )
    assert words in str(rows[0][-1])


def test_a_turn_stays_whose_it_is_and_everybody_has_one_in_a_round(done: dict[str, Order]) -> None:
    had: dict[int, set[str]] = {}
    for hour in range(24 * NIGHTS):
        for group, gates in (("up", ("a1", "a2")), ("low", ("a3", "a4"))):
            # Both reaches: half an hour and an hour behind the head.
            travel = 30 if group == "up" else 60
            moment = dt.datetime(2026, 11, 26, tzinfo=TAIPEI) + dt.timedelta(hours=hour, minutes=travel)
            if any(at(done[gate], moment) > 0 for gate in gates):
                had.setdefault(hour // 96, set()).add(group)
    assert [len(groups) for groups in had.values()] == [1] * 3
    assert had[0] | had[1] == {"up", "low"}


def test_blocks_go_on_through_the_nights(done: dict[str, Order]) -> None:
    """Of a fixed turn of three days the first half is the first block's, whichever night planned it."""
    for hour in range(24 * NIGHTS):
        moment = dt.datetime(2026, 11, 26, tzinfo=TAIPEI) + dt.timedelta(hours=hour)
        assert not (at(done["a3"], moment) > 0 and at(done["a4"], moment) > 0)
        outside = "b2" if hour % 72 < 36 else "b1"
        assert at(done[outside], moment) == 0.0


def test_no_keeper_is_called_out_at_night(done: dict[str, Order]) -> None:
    for order in done.values():
        moved = [later.start for earlier, later in pairwise(order.settings) if later.setpoint != earlier.setpoint]
        hours = [each.hour + each.minute / 60 for each in moved]
        assert hours
        assert all(6.0 <= hour <= 18.0 for hour in hours), order.structure
