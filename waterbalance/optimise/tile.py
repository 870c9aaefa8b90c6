"""The compiled step, repeated over the horizon and linked: matrices without a loop over steps.

Rows and columns are ordered step by step: row r of step t is number t x rows + r. A linked column does not appear:
its entries move to the columns it stands for, weighted, and its history moves to the right-hand side. Where members part,
the nodes of a tree stand in place of the steps (`optimise/tree.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from waterbalance.errors import UsageError
from waterbalance.optimise.links import history, weights_of
from waterbalance.solver.program import Program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.horizon import Floats, Horizon, Integers
    from waterbalance.network.state import State
    from waterbalance.optimise.compile import CompiledStep, Rows
    from waterbalance.optimise.links import Weights
    from waterbalance.optimise.step import Key
    from waterbalance.optimise.tree import Tree


@dataclass(frozen=True)
class Links:
    """Linked columns of a step over one tree, from one state."""

    number: Integers
    """For every column of the step the number of its link, or -1; shape (columns,)."""

    source: Integers
    """For every link the kept column that it stands for."""

    kind: Integers
    """For every link the number of its kind in the weights."""

    weights: Weights
    history: Floats
    """Shape (links, nodes)."""


@dataclass(frozen=True)
class Layout:
    """Where the columns of the step stand in the program."""

    columns: tuple[Key, ...]
    """The columns that are kept, in their order within a step."""

    tree: Tree

    @property
    def steps(self) -> int:
        """How many times the step stands in the program: once for each node of the tree."""
        return self.tree.nodes

    @cached_property
    def position(self) -> Mapping[Key, int]:
        """Number of each kept column within a step."""
        return {key: number for number, key in enumerate(self.columns)}

    def over_time(self, key: Key) -> Integers:
        """Numbers of one column in the program at every step, shape (steps,)."""
        return np.arange(self.steps) * len(self.columns) + self.position[key]

    def unstack(self, values: Floats) -> Floats:
        """Values of all columns of the program as (kept columns, steps)."""
        return values.reshape(self.steps, len(self.columns)).T


def layout_of(step: CompiledStep, tree: Tree) -> Layout:
    """Keep every column that is not linked."""
    linked = {link.column for link in step.links}
    return Layout(tuple(key for key in step.columns if key not in linked), tree)


def links_of(step: CompiledStep, layout: Layout, horizon: Horizon, state: State) -> Links:
    """Weights and histories of all linked columns."""
    order = {link.column: number for number, link in enumerate(step.links)}
    kinds = {kind: number for number, kind in enumerate(dict.fromkeys(link.kind for link in step.links))}
    came = np.array([history(link, horizon, state) for link in step.links]).reshape(len(step.links), len(horizon))
    return Links(
        number=np.array([order.get(key, -1) for key in step.columns]),
        source=np.array([layout.position[link.source] for link in step.links], dtype=np.int64),
        kind=np.array([kinds[link.kind] for link in step.links], dtype=np.int64),
        weights=layout.tree.grown(weights_of(tuple(kinds), horizon)),
        history=came[:, layout.tree.step],
    )


def tile_rows(rows: Rows, step: CompiledStep, layout: Layout, links: Links, series: Floats) -> tuple[sp.csr_array, Floats]:
    """Rows over the horizon: matrix of shape (steps x rows, steps x kept columns), sides of shape (rows, steps)."""
    steps, height, width = layout.steps, len(rows.names), len(layout.columns)
    entries = rows.entry.over(series)
    if not np.isfinite(entries).all():
        row, column = rows.row, rows.column
        bad = int(np.flatnonzero(~np.isfinite(entries).all(axis=1))[0])
        component, name = rows.names[row[bad]]
        raise UsageError(f"the factor of {step.columns[column[bad]][1]!r} in {component}.{name} is not finite")
    side = rows.side.over(series).copy()
    kept = np.array([layout.position.get(key, -1) for key in step.columns])
    time = np.arange(steps)[None, :]

    own = np.flatnonzero(links.number[rows.column] < 0)
    linked = np.flatnonzero(links.number[rows.column] >= 0)
    link = links.number[rows.column[linked]]
    np.subtract.at(side, rows.row[linked], entries[linked] * links.history[link])
    # Every linked entry meets every weight of its kind.
    first = links.weights.first[links.kind[link]]
    count = links.weights.first[links.kind[link] + 1] - first
    which = np.repeat(linked, count)
    weight = np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum())
    at = links.weights.step[weight]
    at_row = np.concatenate([(time * height + rows.row[own][:, None]).ravel(), at * height + rows.row[which]])
    at_column = np.concatenate(
        [
            (time * width + kept[rows.column[own]][:, None]).ravel(),
            links.weights.source_step[weight] * width + np.repeat(links.source[link], count),
        ]
    )
    values = np.concatenate([entries[own].ravel(), links.weights.value[weight] * entries[which, at]])
    matrix = sp.coo_array(
        (values, (at_row, at_column)),
        shape=(height * steps, width * steps),
    )
    return matrix.tocsr(), side


def tile(
    step: CompiledStep, layout: Layout, links: Links, series: Floats, *, switch_steps: int
) -> tuple[Program, sp.csr_array, Floats]:
    """The whole horizon as a program without an objective, and its readings.

    Switches are whole numbers in the first `switch_steps` steps and relaxed afterwards, but for a season's decisions; with 0
    nothing is whole.
    Readings come as a matrix and an offset: reading = matrix x columns - offset, with offset of shape (readings, steps).
    """
    matrix, side = tile_rows(step.rows, step, layout, links, series)
    kind = step.rows.kind[:, None]
    kept = np.array([number for number, key in enumerate(step.columns) if key in layout.position], dtype=np.int64)
    integer = np.zeros((layout.steps, len(kept)), dtype=bool)
    integer[:] = step.season[kept] & (switch_steps > 0)
    integer[layout.tree.step < switch_steps] = step.integer[kept]
    readings, offset = tile_rows(step.readings, step, layout, links, series)
    program = Program(
        matrix=matrix,
        row_lower=np.where(kind == 1, -np.inf, side).T.ravel(),
        row_upper=np.where(kind == -1, np.inf, side).T.ravel(),
        lower=step.lower.over(series)[kept].T.ravel(),
        upper=step.upper.over(series)[kept].T.ravel(),
        integer=integer.ravel(),
        number=np.tile(step.number[kept], layout.steps),
    )
    return program, readings, offset
