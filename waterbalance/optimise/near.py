"""Near the last pass: storages that move less and less, where water would jump from lake to lake for ever.

    |storage - storage_last| <= room x greatest storage_last

A surface of the last pass says what water loses in a lake as long as it holds as much as it did. Where goals fill the lake
that then lost less, that becomes the one that loses more, and so on. Bounds that shrink from pass to pass end this between
the two, where storages and surfaces fit each other.

Method: step bounds of successive linear programming, Palacios-Gomez, Lasdon and Engquist (1982),
doi:10.1287/mnsc.28.10.1106.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from waterbalance.optimise.tile import Layout
    from waterbalance.plan.plan import Plan
    from waterbalance.solver.program import Program


@dataclass(frozen=True)
class Near:
    """The last pass, from which the next one shall not stray for nothing."""

    plan: Plan

    room: float
    """Most that a storage moves, as a share of its greatest value over the horizon. [-]"""


def largest_move(before: Plan, plan: Plan) -> float:
    """How far the storage that moved most did, as a share of its greatest value over the horizon. [-]."""
    moves = [
        float(np.abs(path.values[key] - last.values[key]).max() / greatest)
        for path, last in zip(plan.paths, before.paths, strict=True)
        for key in plan.stocks
        if (greatest := float(path.values[key].max())) > 0
    ]
    return max(moves, default=0.0)


def within_room(program: Program, layout: Layout, near: Near) -> Program:
    """The program with storages that move no further than the room; bounds of the network stay where they are tighter."""
    lower, upper = program.lower.copy(), program.upper.copy()
    for key in near.plan.stocks:
        stored, columns = layout.tree.on_nodes([path.values[key] for path in near.plan.paths]), layout.over_time(key)
        room = near.room * stored.max()
        least, most = lower[columns], upper[columns]
        lower[columns] = np.clip(stored - room, least, most)
        upper[columns] = np.clip(stored + room, least, most)
    return replace(program, lower=lower, upper=upper)
