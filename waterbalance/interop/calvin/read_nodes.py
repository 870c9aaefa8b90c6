"""The nodes of a matrix of links: their names, their dates, and what is wrong with how they hang together."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from waterbalance.horizon import LAST_YEAR
from waterbalance.interop.calvin.links import OPEN, SINK, SOURCE, Nodes

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from waterbalance.horizon import Integers

    Tell = Callable[[npt.NDArray[np.bool_], str, tuple[str, ...], str], None]
    """Tells the lines of a mask: what is wrong, the columns to show, what is allowed."""

_DATED = re.compile(r"(.+)\.(\d{4}-\d{2}-\d{2})")
_DATE_LIKE = re.compile(r".*\.[\d/-]+")


def read_nodes(names: tuple[str, ...], source: Integers, target: Integers, tell: Tell) -> tuple[Nodes, tuple[dt.date, ...]]:
    """Nodes and the dates of the steps; tells names without a sound date, links back in time, and loose ends."""
    parts = [_parts(name) for name in names]
    unfit = np.array([part is None for part in parts])
    tell(unfit[source], "the date of a node is none", ("i",), "NAME.YYYY-MM-DD, or a name without a date")
    tell(unfit[target], "the date of a node is none", ("j",), "NAME.YYYY-MM-DD, or a name without a date")
    known = [part or (name, None) for part, name in zip(parts, names, strict=True)]
    dates = tuple(sorted({date for _, date in known if date is not None}))
    step_of = {date: step for step, date in enumerate(dates)}
    dated = np.array([date is not None for _, date in known])
    step = np.array([-1 if date is None else step_of[date] for _, date in known], dtype=np.int64)
    base, bases = pd.factorize(np.array([base for base, _ in known], dtype=object))
    _check(names, dated, step, source, target, tell)
    return Nodes(
        name=names,
        base=base.astype(np.int64),
        step=_with_undated(step, dated, source, target),
        dated=dated,
        bases=tuple(map(str, bases)),
    ), dates


def _parts(name: str) -> tuple[str, dt.date | None] | None:
    """Name and date; None where what looks like a date is none.

    >>> _parts("SR_SHA.2002-10-31"), _parts("FINAL"), _parts("SR_SHA.2002-13-31")
    (('SR_SHA', datetime.date(2002, 10, 31)), ('FINAL', None), None)
    """
    match = _DATED.fullmatch(name)
    if match is None:
        return None if _DATE_LIKE.fullmatch(name) else (name, None)
    try:
        date = dt.date.fromisoformat(match[2])
    except ValueError:
        return None
    return (match[1], date) if 1000 <= date.year < LAST_YEAR else None


def _check(names: tuple[str, ...], dated: np.ndarray, step: Integers, source: Integers, target: Integers, tell: Tell) -> None:
    back = dated[source] & dated[target] & (step[target] < step[source])
    tell(back, "water flows back in time", ("i", "j"), "a date that is not before the one it leaves")
    tell(source == target, "a link leads from a node to itself", ("i", "j"), "two nodes")
    number = {name: place for place, name in enumerate(names)}
    everywhere = np.ones(1, dtype=bool)
    if SOURCE not in number:
        tell(everywhere, "no link leaves SOURCE: the matrix has no water", (), "links from SOURCE")
    if SINK not in number:
        tell(everywhere, "no link leads to SINK: water has no end", (), "links to SINK")
    if not dated.any():
        tell(everywhere, "no node has a date", (), "NAME.YYYY-MM-DD")
    count, balanced = len(names), np.array([name not in OPEN for name in names])
    without_inflow = balanced & (np.bincount(target, minlength=count) == 0)
    without_outflow = balanced & (np.bincount(source, minlength=count) == 0)
    tell(without_inflow[source], "no link leads to the node that this one leaves", ("i", "j"), "a known node")
    tell(without_outflow[target], "no link leaves the node that this one leads to", ("i", "j"), "a known node")


def _with_undated(step: Integers, dated: np.ndarray, source: Integers, target: Integers) -> Integers:
    """Steps, also of nodes without a date: the first that they lead to, else the last that leads to them, else 0."""
    first = np.full(len(step), len(step), dtype=np.int64)
    last = np.full(len(step), -1, dtype=np.int64)
    leads, led = dated[target], dated[source]
    np.minimum.at(first, source[leads], step[target[leads]])
    np.maximum.at(last, target[led], step[source[led]])
    return np.where(dated, step, np.where(first < len(step), first, np.maximum(last, 0)))
