"""Ties are broken the same way: the order of components and of names in their fields does not change a plan."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gallery import GALLERY, Case, case, least, make, zone
from optimise.random_networks import random_cases
from waterbalance.network.component import Component
from waterbalance.network.network import Network
from waterbalance.optimise.solve import solve
from waterbalance.policy.goal import Policy
from waterbalance.policy.presets import drought_practice

LISTS_OF_NAMES = ("users", "subjects", "reservoirs", "storages")


def shuffled(case: Case, seed: int) -> Network:
    """The same components in another order, with the names in their rules' lists in another order too."""
    numbers = np.random.default_rng(seed)
    components = list(case.network)
    return Network.of([_with_shuffled_lists(components[number], numbers) for number in numbers.permutation(len(components))])


def _with_shuffled_lists(component: Component, numbers: np.random.Generator) -> Component:
    lists = {field: getattr(component, field) for field in LISTS_OF_NAMES if hasattr(component, field)}
    return component.model_copy(update={field: tuple(numbers.permutation(names).tolist()) for field, names in lists.items()})


def same_plan(case: Case, network: Network) -> None:
    one = solve(case.network, case.state, case.forecasts, case.policy)
    other = solve(network, case.state, case.forecasts, case.policy)
    assert one.to_frame().equals(other.to_frame())
    assert [rank.value for rank in one.ranks] == [rank.value for rank in other.ranks]


def alike(*, calm: bool) -> Case:
    """Four lakes and four zones, each pair joined by a canal, and water for half: many plans are equally good."""
    lakes, zones = [f"lake {number}" for number in range(4)], [f"zone {number}" for number in range(4)]
    joined = [
        make("canal", f"{source} to {target}", source=source, target=target, capacity=40) for source in lakes for target in zones
    ]
    return case(
        *(make("reservoir", name, capacity=1000) for name in lakes),
        *joined,
        make("water_right", "right", subjects=tuple(each.name for each in joined), rate=120),
        *(zone(name, demand=50) for name in zones),
        days=(1, 1, 3),
        stocks={(name, "storage"): 120 for name in lakes},
        policy=Policy(goals=(least("shortage", "agriculture", equity=True), least("spill")), smallest_change=calm),
    )


@pytest.mark.parametrize("calm", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_ties_are_broken_the_same_way(seed: int, calm: bool) -> None:
    made = alike(calm=calm)
    same_plan(made, shuffled(made, seed))


@pytest.mark.parametrize("name", GALLERY)
def test_the_order_of_the_file_changes_no_digit(name: str) -> None:
    case = GALLERY[name]()
    same_plan(case, shuffled(case, seed=3))


@settings(max_examples=10, deadline=None, derandomize=True)
@given(random_cases(policy=drought_practice()), st.integers(0, 2**32 - 1))
def test_on_random_networks(case: Case, seed: int) -> None:
    same_plan(case, shuffled(case, seed))
