"""Random small networks: reservoirs in a cascade, canals with random delays and losses, zones, steps of random lengths."""

import datetime as dt
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from gallery import COMMON, START, Case, canal, case, make, most, pipe, zone
from waterbalance.network.component import Component
from waterbalance.network.state import Past
from waterbalance.policy.goal import Policy

Key = tuple[str, str]
DAYS_KNOWN = 12
"""How many days of the past the state knows."""


@st.composite
def random_cases(draw: st.DrawFn, policy: Policy | None = None) -> Case:
    """A case whose plan always exists: spillways and rivers take what nobody wants."""
    numbers = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    scale = draw(st.sampled_from([1e3, 1e6]))
    days = tuple(draw(st.lists(st.integers(1, 10), min_size=2, max_size=6)))
    reservoirs = draw(st.integers(1, 3))
    zones = draw(st.integers(1, 4))
    switched = draw(st.booleans())
    components: list[Component] = [make("outfall", "sea")]
    stocks: dict[Key, float] = {}
    past: dict[Key, tuple[Past, ...]] = {}
    series: dict[Key, tuple[float, ...]] = {}
    for number in range(reservoirs):
        below = f"lake {number + 1}" if number + 1 < reservoirs else "sea"
        components += _reservoir(f"lake {number}", below, scale, numbers)
        stocks[f"lake {number}", "storage"] = scale * numbers.uniform(1, 8)
        past[f"river {number}", "inflow"] = _past(scale, numbers)
        series[f"lake {number}", "inflow"] = tuple(scale * numbers.gamma(1, 0.5, len(days)) * np.array(days))
        series[f"lake {number}", "evaporation_depth"] = tuple(numbers.uniform(0, 0.01, len(days)) * np.array(days))
    for number in range(zones):
        name, source = f"zone {number}", f"lake {numbers.integers(reservoirs)}"
        components += _zone(name, source, scale, numbers, fill=switched and number == 0)
        under_way = _past(scale / 4, numbers)
        past[_canal(name), "inflow"] = past[_canal(name), "useful_inflow"] = under_way
        past[name, "consumption"] = _past(scale / 4, numbers)
        stocks[_canal(name), "running"] = float(numbers.integers(2))
        series[name, "demand"] = tuple(scale * numbers.uniform(0, 1, len(days)) * np.array(days))
    own = COMMON.model_copy(update={"goals": (*COMMON.goals, most("storage"))})
    return case(*components, days=days, stocks=stocks, past=past, series=series, policy=policy or own)


def _canal(name: str) -> str:
    return f"canal to turnout to {name}"


def _reservoir(name: str, below: str, scale: float, numbers: np.random.Generator) -> tuple[Component, ...]:
    number = name.removeprefix("lake ")
    river = {"source": name, "target": below, "travel_time": numbers.uniform(0, 4), "conveyance_loss": numbers.uniform(0, 0.1)}
    return (
        make(
            "reservoir",
            name,
            capacity=10 * scale,
            dead_storage=scale * numbers.uniform(0, 2),
            surface_area=0.5 * scale,
            seepage_rate=numbers.uniform(0, 0.005),
            release_capacity=3 * scale,
            spill_to="sea",
        ),
        make("river_reach", f"river {number}", **river),
        make("minimum_flow", f"keep river {number}", subject=f"river {number}", minimum=scale * numbers.uniform(0, 0.2)),
    )


def _zone(name: str, source: str, scale: float, numbers: np.random.Generator, *, fill: bool) -> tuple[Component, ...]:
    fields = {"conveyance_loss": numbers.uniform(0, 0.4), "travel_time": float(numbers.choice([0, 0.5, 1, 2.7, 6]))}
    fields["capacity"] = scale * numbers.uniform(0.2, 1)
    if fill:
        fields["fill_volume"] = scale * numbers.uniform(0.05, 0.15)
    kind = numbers.choice(["domestic", "industry", "agriculture"])
    returned = {"return_fraction": numbers.uniform(0, 0.5), "return_to": "sea", "return_time": numbers.uniform(0, 3)}
    # What is under way cannot be called back: where the fields want it no more, it leaves by the tail of the canal.
    return (
        canal(source, f"turnout to {name}", **fields),
        make("junction", f"turnout to {name}"),
        pipe(f"turnout to {name}", name),
        pipe(f"turnout to {name}", "sea"),
        zone(name, user_class=kind, **returned),
    )


def _past(scale: float, numbers: np.random.Generator) -> tuple[Past, ...]:
    first = START - dt.timedelta(days=DAYS_KNOWN)
    edges = [first + dt.timedelta(days=day) for day in (0, 5, 9, 10, 11, DAYS_KNOWN)]
    pairs = pairwise(edges)
    return tuple(Past(start, end, float(scale * numbers.uniform(0, 1) * (end - start).days)) for start, end in pairs)
