"""Random lakes that may hold each other's water: crooked surveys, pipes between them, users who can draw from several."""

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from gallery import Case, case, make, pipe
from waterbalance.network.component import Component
from waterbalance.policy.goal import Policy


@st.composite
def random_lakes(draw: st.DrawFn, policy: Policy) -> Case:
    """Two or three lakes in a row of pipes, both ways or down only, a town and fields; some end rich, some dry."""
    return lakes_of(np.random.default_rng(draw(st.integers(0, 2**32 - 1))), policy)


def lakes_of(numbers: np.random.Generator, policy: Policy) -> Case:
    """The same from one generator of numbers."""
    days = (*[1] * int(numbers.integers(1, 6)), *[10] * int(numbers.integers(3, 12)))
    length, count = np.array(days), int(numbers.integers(2, 4))
    names = [f"lake {number}" for number in range(count)]
    components: list[Component] = [make("outfall", "sea")]
    stocks, series = {}, {}
    for name in names:
        survey = _survey(numbers)
        capacity = float(survey[-1]["volume"])
        fields = {"dead_storage": numbers.uniform(0, 0.2) * capacity, "storage_target": numbers.uniform(0, 0.6) * capacity}
        components.append(make("reservoir", name, capacity=capacity, level_area_volume=survey, spill_to="sea", **fields))
        stocks[name, "storage"] = numbers.uniform(0.1, 0.9) * capacity
        series[name, "inflow"] = tuple(numbers.gamma(0.7, 0.006) * capacity * numbers.gamma(1, 1, len(days)) * length)
        series[name, "evaporation_depth"] = tuple(numbers.uniform(0.002, 0.012, len(days)) * length)
        series[name, "rainfall_depth"] = tuple(numbers.gamma(0.3, 0.01, len(days)) * length)
    for above, below in pairwise(names):
        components.append(pipe(above, below, capacity=float(numbers.uniform(2e3, 2e5)), two_way=bool(numbers.random() < 0.5)))
    for user, kind, way in (("town", "household_supply", "pipeline"), ("fields", "irrigation_zone", "canal")):
        components += [
            make(way, f"{name} to {user}", source=name, target=user, capacity=numbers.uniform(5e3, 5e4))
            for name in names
            if name == names[-1] or numbers.random() < 0.7
        ]
        components.append(make(kind, user, **({"area": 1e6} if kind == "irrigation_zone" else {})))
        series[user, "demand"] = tuple(numbers.uniform(0, 3e4) * numbers.uniform(0.5, 1.5, len(days)) * length)
    return case(*components, days=days, stocks=stocks, series=series, policy=policy)


def _survey(numbers: np.random.Generator) -> tuple[dict[str, float], ...]:
    """Rows at uneven levels; areas rise by any amounts; volumes by cones between the rows."""
    levels = np.concatenate([[0.0], np.cumsum(numbers.uniform(1, 6, int(numbers.integers(3, 9))))])
    areas = np.cumsum(numbers.gamma(0.5, 1e5, len(levels))) + 1e3
    volumes = np.concatenate([[0.0], np.cumsum(np.diff(levels) * (areas[1:] + areas[:-1]) / 2)])
    return tuple({"level": each[0], "area": each[1], "volume": each[2]} for each in zip(levels, areas, volumes, strict=True))
