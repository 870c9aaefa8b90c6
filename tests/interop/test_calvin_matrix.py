"""A link matrix that can be solved by hand."""

import csv
import datetime as dt
import gzip
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from interop.calvin_matrices import LAKE, LEAST_COST, written
from waterbalance.errors import NoPlanError
from waterbalance.interop.calvin.check import check
from waterbalance.interop.calvin.plan import horizon_of
from waterbalance.interop.calvin.read_links import read_links
from waterbalance.interop.calvin.remarks import remarks
from waterbalance.interop.calvin.solved import Solved, solve_matrix
from waterbalance.interop.calvin.tables import tables_of, write_tables


@pytest.fixture
def lake(tmp_path: Path) -> Solved:
    return solve_matrix(written(tmp_path, *LAKE))


def test_the_least_cost_is_that_by_hand(lake: Solved) -> None:
    assert lake.outcome.objective == pytest.approx(LEAST_COST, rel=1e-12)
    assert lake.plan.ranks[0].value == lake.outcome.objective


def test_flows_storages_and_shortages_stand_in_the_plan(lake: Solved) -> None:
    second = 0.8 * (120 - 25 - 80 / 0.9)
    expected = {
        ("SR_L-TOWN", "flow"): [20 + second, 48],
        ("SR_L-TOWN", "loss"): [(20 + second) / 4, 12],
        ("SR_L", "storage"): [80, 30],
        ("SR_L", "evaporation"): [80 / 0.9 - 80, 0],
        ("SR_L-TOWN", "shortage"): [40 - second, 12],
    }
    for key, series in expected.items():
        assert lake.plan.values[key] == pytest.approx(series), key
    assert lake.plan.givens["SR_L", "inflow"].tolist() == [20, 10]
    assert lake.plan.opening.stocks == {("SR_L", "storage"): 100}
    assert [str(edge) for edge in lake.plan.horizon.edges] == ["2001-01-01", "2001-02-01", "2001-03-01"]


def test_water_is_worth_what_one_unit_more_brings(lake: Solved, tmp_path: Path) -> None:
    worth = lake.plan.ranks[0].water_value["SR_L"]
    assert worth == pytest.approx([1.6, 2.4])
    more = [row.replace("0,0,1,20,20", "0,0,1,21,21") for row in LAKE]
    assert solve_matrix(written(tmp_path, *more)).outcome.objective == pytest.approx(LEAST_COST - 1.6)


def test_the_worth_of_a_bound_is_what_one_unit_more_brings(lake: Solved, tmp_path: Path) -> None:
    carried = [row.split(",")[:2] for row in LAKE].index(["SR_L.2001-01-31", "SR_L.2001-02-28"])
    wider = [row.replace("0.9,0,80", "0.9,0,81") for row in LAKE]
    gained = solve_matrix(written(tmp_path, *wider)).outcome.objective - LEAST_COST
    assert lake.outcome.column_dual[carried] == pytest.approx(gained)
    assert gained < 0


def test_a_list_names_the_demands(tmp_path: Path) -> None:
    rows = [*LAKE, "SR_L.2001-01-31,SINK.2001-01-31,0,-0.1,1,0,7"]
    (tmp_path / "demands.csv").write_text("link,region\nSR_L-TOWN,N\n", encoding="utf-8")
    paying = solve_matrix(written(tmp_path, *rows)).plan.values
    listed = solve_matrix(written(tmp_path, *rows), tmp_path / "demands.csv").plan.values
    assert {name for name, quantity in paying if quantity == "shortage"} == {"SR_L-TOWN", "SR_L-SINK"}
    assert {name for name, quantity in listed if quantity == "shortage"} == {"SR_L-TOWN"}


def test_debug_links_tell_where_and_when(tmp_path: Path) -> None:
    dry = [row.replace("INITIAL,SR_L.2001-01-31,0,0,1,100,100", "INITIAL,SR_L.2001-01-31,0,0,1,5,5") for row in LAKE]
    drier = [row.replace("0,0,1,20,20", "0,0,1,0,0") for row in dry]
    with pytest.raises(NoPlanError, match="Add debug links"):
        solve_matrix(written(tmp_path, *drier))
    dates = ("2001-01-31", "2001-02-28")
    debug = [f"SOURCE,DBUGSRC.{date},0,2000000,1,0,1000000000000" for date in dates]
    debug += [f"DBUGSRC.{date},SR_L.{date},0,0,1,0,1000000000000" for date in dates]
    values = solve_matrix(written(tmp_path, *dry, *debug)).plan.values
    # 5 + 20 in January make 22.5 in February; with 10 more that covers the 30 to be kept: nothing is missing then.
    assert not any(quantity == "missing" for _, quantity in values)
    values = solve_matrix(written(tmp_path, *drier, *debug)).plan.values
    assert values["SR_L", "missing"] == pytest.approx([0, 30 - 10 - 0.9 * 5])


def test_benefits_without_an_end_are_told(tmp_path: Path) -> None:
    endless = "SOURCE,SINK,0,-1,1,0,1000000000000"
    with pytest.raises(NoPlanError, match="paid for without an end"):
        solve_matrix(written(tmp_path, *LAKE, endless))


def test_tables_are_written(lake: Solved, tmp_path: Path) -> None:
    files = write_tables(lake, tmp_path / "out")
    names = ["debug.csv", "flows.csv", "pieces.csv", "shortages.csv", "storages.csv", "summary.json", "water_values.csv"]
    assert [file.name for file in files] == names == sorted(path.name for path in (tmp_path / "out").iterdir())
    with (tmp_path / "out" / "storages.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["reservoir"], row["date"], float(row["storage"])) for row in rows] == [
        ("SR_L", "2001-01-31", 80.0),
        ("SR_L", "2001-02-28", 30.0),
    ]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["objective"] == pytest.approx(LEAST_COST)
    assert summary["shortage"] == {"SR_L-TOWN": pytest.approx(40 - 0.8 * (120 - 25 - 80 / 0.9) + 12)}
    assert summary["debug"] == []


def test_a_packed_matrix_and_other_columns_read_the_same(lake: Solved, tmp_path: Path) -> None:
    header = '"j","i","note","k","cost","amplitude","lower_bound","upper_bound"'
    turned = ['"{1}","{0}","a, b",{2},{3},{4},{5},{6}'.format(*row.split(",")) for row in LAKE]
    path = tmp_path / "matrix.csv.gz"
    path.write_bytes(gzip.compress("\r\n".join(["\ufeff" + header, *turned, "", ""]).encode()))
    again = solve_matrix(path)
    assert np.array_equal(again.outcome.values, lake.outcome.values)


def test_a_solved_matrix_travels(lake: Solved) -> None:
    assert pickle.loads(pickle.dumps(lake)).plan.summary() == lake.plan.summary()  # noqa: S301 (our own)


def test_the_check_sees_what_does_not_close(lake: Solved) -> None:
    """One unit more on any piece: a balance that does not close at one of its ends, or a bound that is missed."""
    flow = lake.outcome.values
    assert check(lake.links, flow) == ()
    for piece, source, target in zip(range(len(flow)), lake.links.source, lake.links.target, strict=True):
        changed = flow.copy()
        changed[piece] += 1
        found = {str(each.where) for each in check(lake.links, changed)}
        names = {lake.links.nodes.name[end] for end in (source, target)}
        assert found & names or names == {"SOURCE", "SINK"}
    beyond = np.where(np.isinf(lake.links.upper), -1.0, lake.links.upper + 1.0)
    assert sum(each.what == "the flow is beyond its bounds" for each in check(lake.links, beyond)) == len(flow)
    assert any("balance" in each.what for each in check(lake.links, np.full(len(flow), np.nan)))


def test_steps_end_with_their_dates() -> None:
    weekly = horizon_of((dt.date(2001, 1, 14), dt.date(2001, 1, 21)))
    assert [str(edge) for edge in weekly.edges] == ["2001-01-08", "2001-01-15", "2001-01-22"]
    assert str(horizon_of((dt.date(2001, 2, 28),)).start) == "2001-02-01"


def test_what_may_not_be_meant_is_told_by_name(tmp_path: Path) -> None:
    """Water out of the end of all water, and a second piece that is cheaper than the first."""
    assert remarks(read_links(written(tmp_path, *LAKE))) == ()
    rows = (*LAKE, "SINK,TOWN.2001-01-31,0,9,1,0,1", "SR_L.2001-02-28,TOWN.2001-02-28,2,-4,0.8,0,1")
    out_of_sink, falling = remarks(read_links(written(tmp_path, *rows)))
    assert out_of_sink.endswith("which have no balance: SINK to TOWN.2001-01-31")
    assert falling.startswith("a later piece is cheaper than an earlier one")
    assert falling.endswith("filled first: SR_L.2001-02-28 to TOWN.2001-02-28")


def test_a_link_has_lines_only_on_its_dates(lake: Solved) -> None:
    flows = tables_of(lake)["flows.csv"]
    of_opening = flows[flows["link"] == "INITIAL-SR_L"]
    assert of_opening["date"].tolist() == ["2001-01-31"]
    assert of_opening["flow"].tolist() == [100]
