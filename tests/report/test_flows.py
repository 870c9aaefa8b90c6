"""The part of the water that ends at users, by hand."""

import dataclasses

import numpy as np
import pytest

from network.examples import EXAMPLES
from waterbalance.network.components.junction import Junction
from waterbalance.network.network import Network
from waterbalance.report.figures.flows import BARE, NATURE, WAYS_ON, Flow, flows_of, through_junctions, to_users
from waterbalance.report.planned import Planned


def test_water_on_its_way_to_the_sea_is_left_out(planned: Planned) -> None:
    flows = [
        Flow(NATURE, "upper_lake", 100.0, NATURE),
        Flow("upper_lake", "gorge", 100.0, "upper_river"),
        Flow("gorge", "sea", 60.0, "lower_river"),
        Flow("gorge", "near_fields", 40.0, "main_canal"),
    ]
    assert [flow.volume for flow in to_users(planned, flows)] == pytest.approx([40.0, 40.0, 0.0, 40.0])


def test_water_that_goes_round_is_counted_once(planned: Planned) -> None:
    # The lower lake gives a fifth of its water to the town and the rest back to the gorge, which has no other way out.
    flows = [
        Flow(NATURE, "gorge", 10.0, NATURE),
        Flow("gorge", "lower_lake", 50.0, "tunnel"),
        Flow("lower_lake", "gorge", 40.0, "tunnel"),
        Flow("lower_lake", "town", 10.0, "town_pipe"),
    ]
    assert to_users(planned, flows)[0].volume == pytest.approx(10.0)


def test_junctions_that_only_pass_water_on_are_not_drawn(planned: Planned) -> None:
    network = planned.scenario.network
    place = dataclasses.replace(
        planned, scenario=dataclasses.replace(planned.scenario, network=Network.of([*network, Junction(name="bend")]))
    )
    there = [Flow("upper_lake", "bend", 10.0, "tunnel"), Flow("bend", "town", 9.0, "town_pipe")]
    assert through_junctions(place, there) == [Flow("upper_lake", "town", 9.0, "town_pipe")]
    forked = [*there, Flow("bend", "near_fields", 1.0, "main_canal")]
    assert through_junctions(place, forked) == forked
    # Out and back is no way from one place to another.
    back = [there[0], Flow("bend", "upper_lake", 9.0, "pump")]
    assert through_junctions(place, back) == back


def test_users_keep_all_of_theirs_though_some_flows_back(planned: Planned) -> None:
    flows = [Flow("gorge", "near_fields", 40.0, "main_canal"), Flow("near_fields", "sea", 10.0, "return_flow")]
    assert [flow.volume for flow in to_users(planned, flows)] == pytest.approx([40.0, 0.0])


@pytest.mark.parametrize(("quantity", "field"), WAYS_ON)
def test_what_a_place_sends_on_is_drawn(quantity: str, field: str, planned: Planned) -> None:
    """Told by an example that has such a quantity, with 3 in every step."""
    example, name, target = next(
        (each, component.name, getattr(component, field))
        for each in EXAMPLES.values()
        for component in each.network
        if (component.name, quantity) in each.plan.values and getattr(component, field, None) is not None
    )
    values = {**example.plan.values, (name, quantity): np.array([3.0, 3.0])}
    scenario = dataclasses.replace(planned.scenario, network=example.network)
    plan = dataclasses.replace(example.plan, values=values)
    drawn = list(flows_of(dataclasses.replace(planned, scenario=scenario, plan=plan)))
    assert Flow(name, target, 6.0, quantity) in drawn


def test_every_way_on_that_a_place_can_have_is_drawn() -> None:
    """Fields with the name of a place to which a component sends water by itself."""
    fields = {
        field
        for example in EXAMPLES.values()
        for component in example.network
        if component.is_place
        for field, role, _ in component.neighbours()
        if role == "downstream"
    }
    assert fields == {BARE, *(field for _, field in WAYS_ON)}


def test_a_storage_out_of_service_is_not_told(planned: Planned) -> None:
    from waterbalance.report.storages import storages

    later = planned.scenario.network["pond"].model_copy(update={"in_service_from": planned.horizon.end})
    network = Network.of(later if component.name == "pond" else component for component in planned.scenario.network)
    without = dataclasses.replace(planned, scenario=dataclasses.replace(planned.scenario, network=network))
    assert [each.component for each in storages(without)] == ["upper_lake", "lower_lake"]
