"""A solved matrix as a folder of tables."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, OutputError, Place
from waterbalance.interop.calvin.links import INITIAL
from waterbalance.interop.calvin.plan import USED
from waterbalance.interop.calvin.remarks import remarks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats
    from waterbalance.interop.calvin.solved import Solved

QUANTITIES = {
    "flows.csv": ("link", ("flow", "loss")),
    "storages.csv": ("reservoir", ("storage", "evaporation")),
    "shortages.csv": ("link", ("shortage",)),
}
"""Tables by name: what stands in the first column, and its quantities."""


def tables_of(solved: Solved) -> dict[str, pd.DataFrame]:
    """Every table by the name of its file; dates are the last days of the steps."""
    tables = {file: _of_plan(solved, first, quantities) for file, (first, quantities) in QUANTITIES.items()}
    tables["flows.csv"] = _existing(solved, tables["flows.csv"])
    tables["water_values.csv"] = _long(solved, "node", {"value": solved.plan.ranks[0].water_value})
    tables["pieces.csv"] = pieces(solved)
    tables["debug.csv"] = debug(solved)
    return tables


def _existing(solved: Solved, flows: pd.DataFrame) -> pd.DataFrame:
    """Only the dates on which a link exists: that from what is stored at first has one."""
    links, nodes = solved.links, solved.links.nodes
    bases, dates = np.array(nodes.bases, dtype=object), np.array([str(date) for date in links.dates], dtype=object)
    names = bases[nodes.base[links.source]] + "-" + bases[nodes.base[links.target]]
    known = pd.MultiIndex.from_arrays([names, dates[links.step]]).unique()
    kept = pd.MultiIndex.from_arrays([flows["link"], flows["date"]]).isin(known)
    return flows[kept].reset_index(drop=True)


def _of_plan(solved: Solved, first: str, quantities: tuple[str, ...]) -> pd.DataFrame:
    series = {
        quantity: {name: values for (name, each), values in solved.plan.values.items() if each == quantity}
        for quantity in quantities
    }
    return _long(solved, first, series)


def _long(solved: Solved, first: str, series: Mapping[str, Mapping[str, Floats]]) -> pd.DataFrame:
    """One line for each name and date; a quantity that a name does not have is zero there."""
    names = list(dict.fromkeys(name for values in series.values() for name in values))
    dates = [str(date) for date in solved.links.dates]
    nothing = np.zeros(len(dates))
    columns = {
        quantity: np.concatenate([values.get(name, nothing) for name in names]) if names else np.empty(0)
        for quantity, values in series.items()
    }
    return pd.DataFrame({first: np.repeat(names, len(dates)), "date": dates * len(names), **columns})


def pieces(solved: Solved) -> pd.DataFrame:
    """The matrix again with the flow of each piece and the worth of its bounds: by how much one unit more changes the cost."""
    links, outcome = solved.links, solved.outcome
    names, dual = np.array(links.nodes.name, dtype=object), outcome.column_dual
    return pd.DataFrame(
        {
            "i": names[links.source],
            "j": names[links.target],
            "k": links.piece,
            "flow": outcome.values,
            "dual_lower": np.maximum(dual, 0.0),
            "dual_upper": np.minimum(dual, 0.0),
        }
    )


def debug(solved: Solved) -> pd.DataFrame:
    """Where and when balances could be closed only by water from nowhere, or to nowhere."""
    table = _of_plan(solved, "node", ("missing", "surplus"))
    return table[(table["missing"] > USED) | (table["surplus"] > USED)]


def summary_of(solved: Solved) -> dict[str, object]:
    """The whole in a few numbers, ready for JSON."""
    links, plan = solved.links, solved.plan
    return {
        **plan.summary(),
        "objective": solved.outcome.objective,
        "iterations": solved.outcome.iterations,
        "pieces": len(links),
        "nodes": int(links.nodes.balanced.sum()),
        "storages": len(plan.stocks),
        "remarks": list(remarks(links)),
        "opening_known": INITIAL in links.nodes.bases,
        "shortage": {
            name: float(values.sum())
            for (name, quantity), values in plan.values.items()
            if quantity == "shortage" and values.sum() > USED
        },
        "debug": debug(solved).to_dict(orient="records"),
    }


def write_tables(solved: Solved, out: Path) -> tuple[Path, ...]:
    """Write summary.json and the tables into a new or empty folder; all of them or none. Raises `OutputError`."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=out, prefix=".half-written-") as place:
            for name, table in tables_of(solved).items():
                table.to_csv(Path(place) / name, index=False, float_format="%.12g", lineterminator="\n")
            text = json.dumps(summary_of(solved), indent=2, ensure_ascii=False) + "\n"
            (Path(place) / "summary.json").write_text(text, encoding="utf-8")
            return tuple(file.replace(out / file.name) for file in sorted(Path(place).iterdir()))
    except OSError as error:
        finding = Finding("the folder cannot be written", Place(str(out)), error.strerror, "a folder that you may write to")
        raise OutputError("nothing could be written", (finding,)) from None


def require_new(out: Path) -> None:
    """Raise `OutputError` where something is there already."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        finding = Finding("something is there already", Place(str(out)), None, "a new or empty folder", "Name a new folder.")
        raise OutputError("nothing was written", (finding,))
