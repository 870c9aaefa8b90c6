"""What each turnout shall bring to its fields, and when that is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.schedule.opportunity import turn_numbers

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.schedule.canal_tree import CanalTree
    from waterbalance.schedule.slots import Booleans, Slots


@dataclass(frozen=True)
class Wanted:
    """Volumes at the field."""

    cumulative: Floats
    """What should have been brought by the end of every slot, shape (turnouts, slots). [m3]"""

    looked_at: Booleans
    """Ends of slots at which water counts as early or late, shape (turnouts, slots)."""

    @property
    def volume(self) -> Floats:
        """All in all, shape (turnouts,). [m3]."""
        return self.cumulative[:, -1]

    def weights(self, hours: float) -> Floats:
        """How long each look stands for, zero where nobody looks; shape as above. [day].

        The time since the one before. Of the first one nobody knows that, and it stands for the time to the second if that is
        longer: what is late stays so until then, however little is left of a cycle.
        """
        slots = np.arange(1, self.looked_at.shape[1] + 1)
        seen = np.where(self.looked_at, slots, 0)
        before = np.maximum.accumulate(np.hstack([np.zeros((len(seen), 1), dtype=int), seen[:, :-1]]), axis=1)
        spans = np.where(self.looked_at, slots - before, 0)
        for row in spans:
            looks = np.flatnonzero(row)
            row[looks[:1]] = max(row[looks[:2]], default=0)
        return spans * hours / 24.0


def wanted_of(tree: CanalTree, slots: Slots, daily: Floats) -> Wanted:
    """From volumes by local day at the fields, shape (turnouts, days) [m3].

    Water is looked at whenever a day ends at the field, in a rotation whenever a cycle ends, and always at the very end; what
    arrives after the last midnight still belongs to the last day.
    """
    count = slots.count
    cumulative, looked_at = np.zeros((len(daily), count)), np.zeros((len(daily), count), dtype=np.bool_)
    for row, (place, _) in enumerate(tree.turnouts):
        node = tree.nodes[place]
        day = np.minimum(slots.days(node.travel), daily.shape[1] - 1)
        last_of_its_day = np.append(day[1:] != day[:-1], True)
        until = np.cumsum(daily[row])
        cumulative[row] = np.where(last_of_its_day, until[day], until[day] - daily[row, day])
        cumulative[row, -1] = until[-1]
        looked_at[row] = last_of_its_day
        if node.canal.rotation is not None:
            cycle = np.sum([number * members for number, _, members in turn_numbers(node.canal.rotation, slots)], axis=0)
            looked_at[row] = np.append(cycle[1:] != cycle[:-1], True)
    return Wanted(cumulative, looked_at)
