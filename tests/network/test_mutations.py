"""Every word that a `formulate` says is spoilt once; where that changes the plan, the audit must object."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from network.example import Example
from network.examples import EXAMPLES, kind_of
from waterbalance.errors import NoPlanError
from waterbalance.network.component import Component
from waterbalance.optimise.step import StepWriter
from waterbalance.plan.audit import audit
from waterbalance.plan.plan import Plan

CHANGED = 1.0
"""The plan has changed where a value differs by more than a cubic metre."""


@dataclass
class Spoiler:
    """Listens to what components of one type say, and spoils the word with one number."""

    kind: str
    spoil: int | None = None
    said: list[str] = field(default_factory=list)

    def expression(self, original: Callable[..., None]) -> Callable[..., None]:
        """Half as much again is gained, lost or measured."""

        def say(writer: StepWriter, component: Component, name: str, expression: Any, **rest: Any) -> None:  # noqa: ANN401
            factor = 1.5 if self._is_it(component, f"{original.__name__} {name}") else 1.0
            original(writer, component, name, factor * expression, **rest)

        return say

    def relation(self, original: Callable[..., None]) -> Callable[..., None]:
        """A constraint is forgotten."""

        def say(writer: StepWriter, component: Component, name: str, relation: Any) -> None:  # noqa: ANN401
            if not self._is_it(component, f"constraint {name}"):
                original(writer, component, name, relation)

        return say

    def column(self, original: Callable[..., object]) -> Callable[..., object]:
        """A limit is forgotten."""

        def say(writer: StepWriter, component: Component, name: str, **bounds: Any) -> object:  # noqa: ANN401
            for side in ("lower", "upper"):
                if bounds.get(side) is not None and self._is_it(component, f"{side} limit of {name}"):
                    bounds[side] = None
            return original(writer, component, name, **bounds)

        return say

    def _is_it(self, component: Component, word: str) -> bool:
        if component.type_name() != self.kind:
            return False
        self.said.append(f"{component.name}: {word}")
        return len(self.said) - 1 == self.spoil


@pytest.fixture
def listen(monkeypatch: pytest.MonkeyPatch) -> Callable[[Spoiler], None]:
    """Let a spoiler listen to every step that is written in this test."""
    originals = {name: getattr(StepWriter, name) for name in ("gain", "loss", "add", "measure", "constraint")}
    columns = {name: getattr(StepWriter, name) for name in ("flow", "stock", "arriving", "leaving")}

    def patch(spoiler: Spoiler) -> None:
        for name, original in originals.items():
            wrap = spoiler.relation if name == "constraint" else spoiler.expression
            monkeypatch.setattr(StepWriter, name, wrap(original))
        for name, original in columns.items():
            monkeypatch.setattr(StepWriter, name, spoiler.column(original))

    return patch


def differ(one: Plan, other: Plan) -> bool:
    return any(not np.allclose(one.values[key], other.values[key], rtol=0, atol=CHANGED) for key in one.values)


def poorer(spoilt: Plan, right: Plan) -> bool:
    """Whether the spoilt plan serves an earlier goal worse: it may then be true, and only not the best."""
    for one, other in zip(spoilt.ranks, right.ranks, strict=True):
        if abs(one.value - other.value) > CHANGED:
            return one.value > other.value
    return False


@pytest.mark.parametrize(
    ("kind", "example"), [pytest.param(kind_of(name), example, id=name) for name, example in EXAMPLES.items()]
)
def test_the_audit_objects_to_a_spoilt_formulate(kind: str, example: Example, listen: Callable[[Spoiler], None]) -> None:
    right = example.plan
    listening = Spoiler(kind)
    listen(listening)
    assert not differ(right, replace(example).plan), "listening alone changes nothing"
    effective, unseen = 0, []
    for number, word in enumerate(listening.said):
        listen(Spoiler(kind, spoil=number))
        try:
            spoilt = replace(example).plan
        except NoPlanError:
            effective += 1
            continue
        if differ(right, spoilt):
            effective += 1
            if not audit(spoilt, example.network) and not poorer(spoilt, right):
                unseen.append(word)
    assert unseen == []
    assert effective > 0 or kind == "junction"
