"""Every component and rule in a network of its own: the plan is what a hand gets, and the audit sees what is changed."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from network.example import Example
from network.examples import EXAMPLES, kind_of
from waterbalance.network.component import component_types
from waterbalance.network.topology import check_network
from waterbalance.plan.audit import audit

AT_LEAST = {
    "below_dead_storage",
    "below_curve",
    "exceedance",
    "flood_storage",
    "reserve_shortfall",
    "swing",
    "target_shortfall",
    "shortfall",
}
"""What lacks may be told too large: a goal keeps it small, the physics does not."""


def each_example() -> list[object]:
    return [pytest.param(kind_of(name), example, id=name) for name, example in EXAMPLES.items()]


def test_every_type_has_an_example() -> None:
    assert [name for name in sorted(EXAMPLES) if name == kind_of(name)] == sorted(component_types())


@pytest.mark.parametrize(("kind", "example"), each_example())
def test_the_example_holds_its_type_and_hangs_together(kind: str, example: Example) -> None:
    assert kind in {component.type_name() for component in example.network}
    assert [str(finding) for finding in check_network(example.network)] == []


@pytest.mark.parametrize(("kind", "example"), each_example())
def test_the_plan_is_what_a_hand_gets(kind: str, example: Example) -> None:
    found = {key: tuple(example.plan.values[key].round(3)) for key in example.plan_says}
    assert found == {key: pytest.approx(pair, abs=0.02) for key, pair in example.plan_says.items()}
    assert kind in {example.network[name].type_name() for name, _ in example.plan_says}


@pytest.mark.parametrize(("kind", "example"), each_example())
def test_the_audit_finds_nothing(kind: str, example: Example) -> None:
    assert kind
    assert [str(finding) for finding in audit(example.plan, example.network, example.forecasts)] == []


@pytest.mark.parametrize(("kind", "example"), each_example())
def test_the_audit_finds_every_number_that_is_changed(kind: str, example: Example) -> None:
    names = {component.name for component in example.network if component.type_name() == kind}
    unseen = []
    for key, values in example.plan.values.items():
        if key[0] not in names:
            continue
        at_least = key[1] in AT_LEAST or (kind, key[1]) == ("hydropower", "shortage")
        for step, change in product(range(len(values)), (-7.0,) if at_least else (-7.0, 7.0)):
            tampered = values + change * (np.arange(len(values)) == step)
            plan = replace(example.plan, values={**example.plan.values, key: tampered})
            if not audit(plan, example.network):
                unseen.append((*key, step, change))
    assert unseen == []
