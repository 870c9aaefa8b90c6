"""The search: what is near enough to the bound is still not allowed to run for nothing."""

import numpy as np
import pytest

from waterbalance.schedule.equations import Equations
from waterbalance.schedule.mend import Wish
from waterbalance.schedule.search import Limits, search


def test_what_nobody_needs_ends_where_a_great_shortage_hides_its_cost() -> None:
    """A canal that trickles in its second slot costs 600, far less than 1 % of what is short anyhow."""
    equations = Equations()
    equations.columns(1, lower=1.0, upper=1.0, cost=1e6)
    runs = equations.switches((1,), cost=-700.0)
    wet = equations.switches((2,), cost=600.0)
    equations.rows((1.0, wet[:1]), (-1.0, runs), lower=0.0)
    program, cost = equations.program()
    first = Wish({int(column): 1.0 for column in (*runs, *wet)}, ())
    found = search(program, cost, [first], [], (np.concatenate([runs, wet]), runs), Limits())
    assert found.objective == pytest.approx(1e6 - 100.0)
    assert found.values[wet].tolist() == [1.0, 0.0]
