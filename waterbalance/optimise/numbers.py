"""How far the numbers of a problem lie apart: measured, noted, and refused where no solver could tell them from rounding.

A double has sixteen digits. Twelve between the smallest and the largest leave four for the smallest one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import Finding, InputError, Place
from waterbalance.optimise.step import DAYS
from waterbalance.plan.numbers import Numbers, Range, Ranges
from waterbalance.solver.scaling import column_scales, row_scales, volume_scale
from waterbalance.units import FLOW, VOLUME

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.network import Network
    from waterbalance.optimise.givens import Givens
    from waterbalance.solver.program import Program

MOST_SPREAD = 1e12
"""Largest volume or flow over the smallest that is still solved. [-]"""

NOTED_SPREAD = 1e9
"""From here on a note names the two. [-]"""

NOTED_ENTRIES = 1e12
"""Spread of the scaled entries from which on a note tells of it. [-]"""

Amount = tuple[str, str, float]


def amounts(network: Network, givens: Givens) -> list[Amount]:
    """Component, quantity and largest size of every volume [m3] and flow [m3/day] that is given; smallest first."""
    found = []
    for (owner, quantity), values in givens.items():
        unit = type(network[owner]).unit_of(quantity) if owner in network else None
        if unit not in {VOLUME, FLOW}:
            continue
        size = np.abs(values / givens[DAYS] if unit == FLOW else values)
        size = size[np.isfinite(size) & (size > 0)]
        if size.size:
            found.append((owner, quantity, float(size.max())))
    return sorted(found, key=lambda each: each[2])


def require_comparable(network: Network, givens: Givens) -> None:
    """Raise `InputError` naming the smallest and the largest where they lie too far apart to be planned together."""
    found = amounts(network, givens)
    if not found or found[-1][2] <= MOST_SPREAD * found[0][2] * (1 + 1e-9):
        return
    between = f"the largest at most {MOST_SPREAD:g} times the smallest; here it is {found[-1][2] / found[0][2]:.3g} times"
    remedy = "Look at its unit; what is so small beside the rest may be left out, or planned in a scenario of its own."
    raise InputError(
        "the numbers lie too far apart to be planned together",
        tuple(
            Finding(f"{quantity} is the {word} number", Place(component=owner), f"{size:g} m3 or m3/day", between, remedy)
            for word, (owner, quantity, size) in (("smallest", found[0]), ("largest", found[-1]))
        ),
    )


def numbers_of(program: Program, network: Network, givens: Givens) -> Numbers:
    """The ranges of a program, and the amounts behind them."""
    found = amounts(network, givens) or [("", "", 0.0)]
    scale = volume_scale(program)
    columns, rows = column_scales(program, scale), row_scales(program, scale)
    matrix = program.matrix
    scaled = matrix.data * columns[matrix.indices] / np.repeat(rows, np.diff(matrix.indptr))
    bounds, sides = np.array([program.lower, program.upper]), np.array([program.row_lower, program.row_upper])
    return Numbers(
        rows=program.rows,
        columns=program.columns,
        entries=int(matrix.nnz),
        switches=int(program.integer.sum()),
        scale=scale,
        before=Ranges(_range(matrix.data), _range(bounds), _range(sides)),
        after=Ranges(_range(scaled), _range(bounds / columns), _range(sides / rows)),
        smallest=found[0],
        largest=found[-1],
    )


def notes_on(numbers: Numbers) -> tuple[str, ...]:
    """What a reader should know before trusting the last digits."""
    notes = []
    if numbers.spread > NOTED_SPREAD:
        (small, small_quantity, least), (large, large_quantity, most) = numbers.smallest, numbers.largest
        notes.append(
            f"the numbers lie far apart: {small}.{small_quantity} {least:g} beside {large}.{large_quantity} {most:g} "
            "(m3 or m3/day); the small one is right to about a thousandth"
        )
    if numbers.after.entries.spread > NOTED_ENTRIES:
        entries = numbers.after.entries
        notes.append(f"the factors of the equations lie far apart ({entries.least:.1g} to {entries.most:.1g}): look at units")
    return tuple(notes)


def _range(values: Floats) -> Range:
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    return Range(float(sizes.min()), float(sizes.max())) if sizes.size else Range(0.0, 0.0)
