"""A solved matrix as a plan: flows, storages, evaporation and shortages by name and step, and what water is worth where.

What arrives over a link is its flow; what is kept from a date to the next arrives there as storage, after evaporation:

    evaporation = kept / gain - kept
    shortage    = upper bounds - flow   of a link that is a demand, over its pieces

What debug links bring to a node is missing there, what they take is surplus.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.horizon import Horizon
from waterbalance.interop.calvin.links import FINAL, INITIAL
from waterbalance.network.state import State
from waterbalance.plan.plan import Plan, Rank
from waterbalance.plan.prices import Prices, Sparse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats, Integers
    from waterbalance.interop.calvin.links import Links, Nodes
    from waterbalance.solver.outcome import Outcome

    Key = tuple[str, str]

INFLOW = "INFLOW"
"""The node through which water comes from outside."""

USED = 1e-6
"""What a debug link must carry to be told. [unit of the matrix]"""

NOTE = "All volumes are in the matrix's own unit, which is called m3 here; costs are in its own money."


def plan_of(links: Links, outcome: Outcome, demands: np.ndarray) -> Plan:
    """The plan of a matrix from its optimum; `demands` marks the pieces of links that are demands."""
    nodes, steps = links.nodes, len(links.dates)
    from_base, to_base = nodes.base[links.source], nodes.base[links.target]
    flow, lost = outcome.values, outcome.values / links.gain - outcome.values
    is_final = nodes.base[links.target] == _number(nodes, FINAL)
    stores = np.isin(from_base, from_base[links.carries])
    kept = links.carries | (is_final & stores)
    moved = ~kept & ~links.debug & (nodes.dated[links.source] | nodes.dated[links.target])
    used = links.debug & (flow > USED) & nodes.balanced[links.source] & nodes.balanced[links.target]
    gives = used & links.is_debug_node[links.source]
    pair = from_base * len(nodes.bases) + to_base

    def of_links(quantity: str, mask: np.ndarray, values: Floats) -> dict[Key, Floats]:
        found = _by_step(pair[mask], links.step[mask], values[mask], steps)
        return {(link_name(nodes, code), quantity): series for code, series in found.items()}

    def of_places(quantity: str, place: Integers, mask: np.ndarray, values: Floats) -> dict[Key, Floats]:
        found = _by_step(place[mask], links.step[mask], values[mask], steps)
        return {(nodes.bases[code], quantity): series for code, series in found.items()}

    storages = of_places("storage", from_base, kept, flow)
    inflow = nodes.base[links.source] == _number(nodes, INFLOW)
    opening = nodes.base[links.source] == _number(nodes, INITIAL)
    stocks = {(nodes.bases[base], "storage"): 0.0 for base in to_base[opening].tolist()}
    for base, volume in zip(to_base[opening].tolist(), flow[opening].tolist(), strict=True):
        stocks[nodes.bases[base], "storage"] += volume
    givens = of_places("inflow", to_base, inflow, flow)
    return Plan(
        horizon=horizon_of(links.dates),
        policy="least cost",
        values={
            **of_links("flow", moved, flow),
            **of_links("loss", moved & np.isin(pair, pair[moved & (links.gain != 1)]), lost),
            **storages,
            **of_places("evaporation", from_base, kept, lost),
            **of_links("shortage", demands, np.maximum(links.upper - flow, 0.0)),
            **of_places("missing", to_base, gives, flow),
            **of_places("surplus", from_base, used & ~gives, flow),
        },
        units={},
        stocks=tuple(storages),
        remembered=(),
        givens=givens,
        labels=dict.fromkeys(givens, "the matrix"),
        opening=State(horizon_of(links.dates).start, stocks),
        switch_steps=0,
        ranks=(_rank(nodes, outcome, steps),),
        notes=(NOTE,),
        measures=(),
    )


def horizon_of(dates: tuple[dt.date, ...]) -> Horizon:
    """Steps that end with each date; the first begins as a month does, or where steps are shorter, one step before."""
    ends = [date + dt.timedelta(days=1) for date in dates]
    first = (ends[0] - dt.timedelta(days=1)).replace(day=1)
    if len(ends) > 1:
        first = max(first, ends[0] - (ends[1] - ends[0])) if ends[1] - ends[0] < dt.timedelta(days=28) else first
    return Horizon((first, *ends))


def link_name(nodes: Nodes, pair: int) -> str:
    """FROM-TO, as CALVIN writes it."""
    source, target = divmod(pair, len(nodes.bases))
    return f"{nodes.bases[source]}-{nodes.bases[target]}"


def _rank(nodes: Nodes, outcome: Outcome, steps: int) -> Rank:
    """The one goal, with the value of water at every node: by how much less the whole costs with one unit more there."""
    dated = nodes.dated & nodes.balanced
    worth = _by_step(nodes.base[dated], nodes.step[dated], outcome.row_dual[nodes.row[dated]], steps)
    row, column = Sparse.of(outcome.row_dual, 0.0), Sparse.of(outcome.column_dual, 0.0)
    return Rank(
        name="least cost",
        sense="minimise",
        value=outcome.objective,
        alone=outcome.objective,
        gap=outcome.gap,
        stop=outcome.stop.value,
        seconds=outcome.seconds,
        water_value={nodes.bases[code]: values for code, values in worth.items()},
        prices=Prices(row=row, column=column, cost=Sparse.of(outcome.cost, 0.0), row_worth=row, column_worth=column),
    )


def _by_step(code: Integers, step: Integers, values: Floats, steps: int) -> Mapping[int, Floats]:
    """Sums by code and step, shape (steps,) each."""
    codes, place = np.unique(code, return_inverse=True)
    table = np.bincount(place * steps + step, values, minlength=len(codes) * steps).reshape(len(codes), steps)
    return dict(zip(codes.tolist(), table, strict=True))


def _number(nodes: Nodes, base: str) -> int:
    return nodes.bases.index(base) if base in nodes.bases else -1
