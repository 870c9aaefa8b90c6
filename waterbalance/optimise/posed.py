"""One pass as a program: all that is known before anything is solved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import scipy.sparse as sp

    from waterbalance.horizon import Floats
    from waterbalance.optimise.givens import Givens
    from waterbalance.optimise.objective import Measures
    from waterbalance.optimise.revise import Revised
    from waterbalance.optimise.tile import Layout
    from waterbalance.solver.program import Program


@dataclass(frozen=True)
class Posed:
    """The program of one pass, linear but for its switches, and what its columns and readings mean."""

    revised: Revised
    """Values of the pass before that it was made with."""

    givens: Givens
    """Shape (nodes,) each."""

    layout: Layout
    program: Program
    readings: sp.csr_array
    """Readings = readings x columns - offset, one row for each reading and step."""

    offset: Floats
    """Shape (readings, steps)."""

    measures: Measures
