"""Random rivers: a lake above, a row of weirs below it, and users of mixed rank who take at the weirs and return water."""

import numpy as np
from hypothesis import strategies as st

from gallery import Case, canal, case, make, pipe
from waterbalance.network.component import Component
from waterbalance.policy.goal import Policy

KINDS = (("household_supply", "domestic"), ("industry", "industry"), ("irrigation_zone", "agriculture"))


@st.composite
def random_rivers(draw: st.DrawFn, policy: Policy) -> Case:
    """Two to four weirs with one to three users each, of two ranks, upstream and downstream mixed; many go short."""
    numbers = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    days = tuple(draw(st.lists(st.integers(1, 10), min_size=2, max_size=4)))
    weirs = draw(st.integers(2, 4))
    length = np.array(days)
    components: list[Component] = [
        make("reservoir", "lake", capacity=6000, dead_storage=200, seepage_rate=numbers.uniform(0, 0.004), spill_to="weir 0"),
        make("outfall", "sea"),
        make("river_reach", "from the lake", source="lake", target="weir 0"),
    ]
    kinds = numbers.permutation(len(KINDS))[:2]
    series = {("lake", "inflow"): tuple(numbers.gamma(1, 150, len(days)) * length)}
    for number in range(weirs):
        here, below = f"weir {number}", f"weir {number + 1}" if number + 1 < weirs else "sea"
        loss = numbers.uniform(0, 0.1)
        components += [
            make("weir", here),
            make("river_reach", f"reach {number}", source=here, target=below, conveyance_loss=loss),
        ]
        series[here, "inflow"] = tuple(numbers.gamma(1, 60, len(days)) * length)
        for which in range(int(numbers.integers(1, 4))):
            kind = KINDS[int(numbers.choice(kinds))]
            components += _user(f"user {number}.{which}", here, below, kind, numbers)
            series[f"user {number}.{which}", "demand"] = tuple(numbers.uniform(50, 300, len(days)) * length)
    stocks = {("lake", "storage"): float(numbers.uniform(300, 3000))}
    return case(*components, days=days, stocks=stocks, series=series, policy=policy)


def _user(name: str, weir: str, below: str, of_kind: tuple[str, str], numbers: np.random.Generator) -> tuple[Component, ...]:
    kind, user_class = of_kind
    fields: dict[str, object] = {"area": 1e4} if kind == "irrigation_zone" else {}
    if numbers.random() < 0.5:
        fields |= {"return_fraction": numbers.uniform(0.1, 0.6), "return_to": below, "return_time": float(numbers.choice(3))}
    way = (
        canal(weir, name, conveyance_loss=numbers.uniform(0, 0.4), capacity=float(numbers.uniform(100, 400)))
        if kind == "irrigation_zone"
        else pipe(weir, name, capacity=float(numbers.uniform(100, 400)))
    )
    return way, make(kind, name, user_class=user_class, **fields)
