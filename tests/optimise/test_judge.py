"""The tiled program and the multi-period model agree in every rank, on every network at hand, with and without switches."""

import pytest
from hypothesis import given, settings

from gallery import GALLERY, Case, in_order, most
from network.example import IN_ORDER
from network.examples import EXAMPLES
from optimise.judge import by_pyomo, by_tiling
from optimise.random_networks import random_cases
from waterbalance.optimise.compile import compile_step


def same(case: Case) -> None:
    tiled, scale = by_tiling(case)
    judged = by_pyomo(case, tiled, scale)
    assert tiled == pytest.approx(judged, rel=1e-9, abs=1e-9 * scale)
    assert tiled


@pytest.mark.parametrize("name", GALLERY)
def test_the_gallery(name: str) -> None:
    same(GALLERY[name]())


@pytest.mark.parametrize("kind", EXAMPLES)
def test_the_example_of_every_type(kind: str) -> None:
    example = EXAMPLES[kind]
    same(Case(example.network, example.state, example.forecasts, in_order(*IN_ORDER.goals, most("outflow"))))


def test_the_gallery_has_switches_too() -> None:
    switched = [name for name, make_case in GALLERY.items() if compile_step(make_case().network).integer.any()]
    assert len(switched) >= 3


@settings(max_examples=40, deadline=None)
@given(random_cases())
def test_random_networks(case: Case) -> None:
    same(case)
