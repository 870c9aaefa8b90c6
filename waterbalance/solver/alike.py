"""A long linear program seen as one typical season: what is the same thing at other times is taken together.

With n_h columns of kind h and rows of kind g, every column is taken as an equal part of all of its kind, x_c = X_h / n_h, and
the rows of a kind are added up:

    A_gh = sum of a_rc / n_h   over r of kind g, c of kind h
    limits: sums over the kind; costs: means over the kind

Source: Zipkin (1980), Bounds on the effect of aggregating variables in linear programs, Operations Research 28(2),
doi:10.1287/opre.28.2.403, and Bounds for row-aggregation in linear programming, 28(4), doi:10.1287/opre.28.4.903.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from waterbalance.solver.program import Program

if TYPE_CHECKING:
    from waterbalance.horizon import Floats, Integers


@dataclass(frozen=True)
class Alike:
    """Which columns and which rows of a program are the same thing at other times: equal numbers, from 0 without gaps."""

    columns: Integers
    """Kind of each column, shape (columns,)."""

    rows: Integers
    """Kind of each row, shape (rows,)."""

    @classmethod
    def of_steps(cls, program: Program, steps: int, season: int) -> Alike:
        """Of a program whose steps lie one after another, each with the same columns and rows, and come again each season."""
        kinds = (np.arange(size) % (size // steps * season) for size in (program.columns, program.rows))
        return cls(*kinds)

    @property
    def repeats(self) -> float:
        """How many columns a kind has on average."""
        return len(self.columns) / (int(self.columns.max(initial=0)) + 1)

    def program(self, program: Program) -> Program:
        """The typical season of a linear program."""
        size = np.bincount(self.columns)
        whole = program.matrix.tocoo()
        entries = whole.data / size[self.columns[whole.col]]
        places = (self.rows[whole.row], self.columns[whole.col])
        matrix = sp.csr_array((entries, places), shape=(int(self.rows.max()) + 1, len(size)))
        return Program(
            matrix=matrix,
            row_lower=_sums(self.rows, program.row_lower),
            row_upper=_sums(self.rows, program.row_upper),
            lower=_sums(self.columns, program.lower),
            upper=_sums(self.columns, program.upper),
            integer=np.zeros(len(size), dtype=bool),
            number=np.bincount(self.columns, program.number) > 0,
        )

    def cost(self, cost: Floats) -> Floats:
        """What a unit of each kind costs, shape (kinds,)."""
        return _sums(self.columns, cost) / np.bincount(self.columns)


def _sums(kinds: Integers, values: Floats) -> Floats:
    return np.bincount(kinds, values).astype(float)
