"""How a network hangs together: each check alone, and reachability against another way to compute it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from network.example import make, pipe, river, wells
from network.examples import EXAMPLES
from waterbalance.network.component import Component
from waterbalance.network.network import Network
from waterbalance.network.topology import check_network, reachable


def found(*components: Component) -> dict[str, str]:
    """Every finding of a network: who, and what."""
    findings = list(check_network(Network.of(components)))
    assert all(finding.remedy and finding.found and finding.allowed for finding in findings)
    return {str(finding.where.component): finding.what for finding in findings}


def only_finding(*components: Component) -> str:
    (finding,) = check_network(Network.of(components))
    return str(finding)


TOWN = make("household_supply", "town", demand=10)
GOOD = (wells(), pipe("wells", "town"), TOWN)


def test_a_good_network_has_no_findings() -> None:
    assert found(*GOOD) == {}
    for example in EXAMPLES.values():
        assert found(*example.components) == {}


def test_an_empty_network_has_no_findings() -> None:
    assert found() == {}


def test_an_unknown_neighbour_is_named_with_the_closest_name() -> None:
    text = only_finding(wells(), TOWN, make("pipeline", "pipe", source="wels", target="town"))
    assert "pipe: source names a component that does not exist" in text
    assert "'wels'" in text
    assert "Did you mean 'wells'?" in text


def test_an_unknown_neighbour_like_nothing_else() -> None:
    assert "Add a component named 'mars'" in only_finding(*GOOD, make("pipeline", "pipe", source="mars", target="town"))


def test_an_unknown_subject_of_a_rule() -> None:
    assert "subject names a component that does not exist" in only_finding(
        *GOOD, make("minimum_flow", "ecology", subject="rivr", minimum=1)
    )


def test_all_unknown_neighbours_are_told_at_once_and_each_once() -> None:
    findings = check_network(
        Network.of(
            [
                *GOOD,
                make("pipeline", "two", source="a", target="b", two_way=True),
                make("reservoir", "lake", capacity=1, spill_to="c"),
            ]
        )
    )
    assert sorted(str(finding.found) for finding in findings) == ["'a'", "'b'", "'c'"]


def test_a_component_that_names_itself() -> None:
    assert "names the component itself" in only_finding(*GOOD, make("reservoir", "lake", capacity=1, spill_to="lake"))


def test_a_link_that_starts_from_a_link() -> None:
    text = only_finding(*GOOD, make("canal", "canal", source="wells to town", target="town"))
    assert "source names a component that is no place; found 'wells to town', a pipeline" in text
    assert "Put a junction" in text


def test_a_rule_is_no_place() -> None:
    rule = make("minimum_flow", "ecology", subject="wells to town", minimum=1)
    assert "is no place" in only_finding(*GOOD, rule, make("canal", "canal", source="wells", target="ecology"))


@pytest.mark.parametrize("end", [TOWN, make("outfall", "town")], ids=["user", "outfall"])
def test_nothing_can_be_taken_where_water_ends(end: Component) -> None:
    text = only_finding(
        wells(), pipe("wells", "town"), end, pipe("town", "zone"), make("irrigation_zone", "zone", area=1, demand=1)
    )
    assert "from which nothing can be taken" in text


def test_a_return_flow_may_supply_another_user() -> None:
    user = make("industry", "works", demand=5, return_fraction=0.5, return_to="pond")
    assert found(wells(), pipe("wells", "works"), user, make("junction", "pond"), pipe("pond", "town"), TOWN) == {}


def test_an_isolated_place() -> None:
    assert found(*GOOD, make("junction", "lonely")) == {"lonely": "nothing brings water here or takes it from here"}


def test_a_user_that_nothing_reaches() -> None:
    zone = make("irrigation_zone", "zone", area=1, demand=1)
    assert found(*GOOD, make("junction", "fork"), zone, pipe("fork", "zone")) == {"zone": "no water can reach this user"}


def test_a_link_the_wrong_way_does_not_reach_and_a_two_way_pipe_does() -> None:
    fork, zone = make("junction", "fork"), make("irrigation_zone", "zone", area=1, demand=1)
    rest = (*GOOD, fork, zone, pipe("fork", "zone"))
    assert "zone" in found(*rest, pipe("fork", "wells"))
    assert found(*rest, pipe("fork", "wells", two_way=True)) == {}


def test_a_loop_without_a_source_reaches_nobody() -> None:
    round_about = (make("junction", "one"), make("junction", "two"), pipe("one", "two"), pipe("two", "one"))
    assert found(*round_about, pipe("one", "town"), TOWN) == {"town": "no water can reach this user"}


@pytest.mark.parametrize(
    "place",
    [
        make("junction", "end"),
        make("treatment_works", "end"),
        make("balancing_tank", "end", capacity=1),
        make("reservoir", "end", capacity=1),
        make("weir", "end"),
    ],
    ids=lambda place: place.type_name(),
)
def test_a_dead_end(place: Component) -> None:
    assert found(*GOOD, pipe("wells", "end"), place) == {"end": "water that comes here can go nowhere"}


def test_a_reservoir_may_end_in_its_spillway() -> None:
    lake = make("reservoir", "lake", capacity=1, spill_to="sea")
    assert found(*GOOD, pipe("wells", "lake"), lake, make("outfall", "sea")) == {}


def test_a_flood_needs_a_way_without_a_capacity() -> None:
    weir, intake = make("weir", "weir", inflow=10), pipe("weir", "town", capacity=5)
    assert found(weir, intake, TOWN) == {"weir": "a flood has no way out"}
    assert found(*river(), intake, TOWN) == {}
    # A reservoir downstream takes the flood too, and so does a way through a junction.
    lake = (make("reservoir", "lake", capacity=1), pipe("lake", "town"))
    fork = (make("junction", "fork"), make("river_reach", "upper", source="weir", target="fork"))
    assert found(weir, intake, TOWN, *lake, *fork, make("river_reach", "lower", source="fork", target="lake")) == {}
    assert found(weir, intake, TOWN, *lake, *fork, pipe("fork", "lake", capacity=5)) == {"weir": "a flood has no way out"}


NUMBERS = some.integers(min_value=0, max_value=7)


@given(pairs=some.lists(some.tuples(NUMBERS, NUMBERS).filter(lambda pair: pair[0] != pair[1]), max_size=14), start=NUMBERS)
def test_reachability_is_the_closure_of_the_links(pairs: list[tuple[int, int]], start: int) -> None:
    junctions = [make("junction", str(number)) for number in range(8)]
    canals = [make("canal", f"canal {n}", source=str(a), target=str(b)) for n, (a, b) in enumerate(pairs)]
    network = Network.of([*junctions, *canals])
    step = np.eye(8, dtype=bool)
    for a, b in pairs:
        step[a, b] = True
    closure = np.linalg.matrix_power(step.astype(float), 8) > 0
    places = {place.name for place in network.places}
    downstream = reachable([str(start)], network.links()) & places
    upstream = reachable([str(start)], network.links(), against_the_stream=True) & places
    assert downstream == {str(number) for number in np.flatnonzero(closure[start])}
    assert upstream == {str(number) for number in np.flatnonzero(closure[:, start])}


@given(pairs=some.lists(some.tuples(NUMBERS, NUMBERS).filter(lambda pair: pair[0] != pair[1]), max_size=14))
def test_a_town_is_out_of_reach_exactly_when_no_chain_of_pipes_leads_to_it(pairs: list[tuple[int, int]]) -> None:
    places = [wells(), *(make("junction", f"fork {number}") for number in range(1, 7)), TOWN]
    names = [place.name for place in places]
    ways = [(a, b) for a, b in pairs if a != 7]
    pipes = [make("pipeline", f"pipe {n}", source=names[a], target=names[b]) for n, (a, b) in enumerate(ways)]
    findings = check_network(Network.of([*places, *pipes]))
    step = np.eye(8)
    for a, b in ways:
        step[a, b] = 1.0
    reached = np.linalg.matrix_power(step, 8)[0, 7] > 0
    told = {(str(finding.where.component), finding.what) for finding in findings}
    connected = any(b == 7 for _, b in ways)
    assert (("town", "no water can reach this user") in told) == (connected and not reached)
    assert (("town", "nothing brings water here or takes it from here") in told) == (not connected)
