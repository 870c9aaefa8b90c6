"""Wrong equations are objected to: for every type its `formulate` is bent, and the audit, written apart from it, sees it."""

# ruff: noqa: ANN401 (Pyomo and the binding of HiGHS are untyped)

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from network.example import IN_ORDER
from network.examples import EXAMPLES
from waterbalance.network.component import Component, component_types
from waterbalance.optimise.solve import solve
from waterbalance.optimise.step import StepColumn, StepWriter
from waterbalance.plan.audit import audit

Patch = Callable[[pytest.MonkeyPatch, str], None]


@dataclass(frozen=True)
class Mutation:
    """A way to bend the equations of one type."""

    name: str
    apply: Patch


def share(word: str, name: str, factor: float) -> Mutation:
    """What is said as `gain`, `loss` or `measure` under this name is multiplied."""

    def apply(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
        original = getattr(StepWriter, word)

        def bent(writer: StepWriter, component: Component, said: str, expression: Any, **where: Any) -> None:
            bends = component.type_name() == kind and said == name
            original(writer, component, said, factor * expression if bends else expression, **where)

        monkeypatch.setattr(StepWriter, word, bent)

    return Mutation(f"{word} {name} x {factor}", apply)


def unbounded(name: str, word: str = "flow") -> Mutation:
    """A column loses its limits."""

    def apply(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
        original = getattr(StepWriter, word)

        def bent(writer: StepWriter, component: Component, said: str, **bounds: Any) -> Any:
            bends = component.type_name() == kind and said.startswith(name)
            lower = {"lower": None} if bends and "lower" in bounds else {}
            return original(writer, component, said, **(lower if bends else bounds))

        monkeypatch.setattr(StepWriter, word, bent)

    return Mutation(f"{name} without limits", apply)


def without(name: str) -> Mutation:
    """A constraint is not said."""

    def apply(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
        original = StepWriter.constraint

        def bent(writer: StepWriter, component: Component, said: str, relation: Any) -> None:
            if component.type_name() != kind or said != name:
                original(writer, component, said, relation)

        monkeypatch.setattr(StepWriter, "constraint", bent)

    return Mutation(f"without {name}", apply)


def leak(name: str, factor: float = 0.05) -> Mutation:
    """A part of a column is lost from the place and told to nobody; a negative part comes from nothing."""

    def apply(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
        original = StepWriter.write

        def bent(writer: StepWriter, network: Any) -> None:
            for component in network:
                if component.type_name() == kind and component.is_place:
                    writer._balance(component.name).losses.append(_Later(writer, (component.name, name), factor))
            original(writer, network)

        monkeypatch.setattr(StepWriter, "write", bent)

    return Mutation(f"leak of {name} x {factor}", apply)


def arrivals(factor: float) -> Mutation:
    """A part of what is brought is lost, or made, before it counts."""

    def apply(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
        original = StepWriter._close

        def bent(writer: StepWriter, place: str, balance: Any) -> None:
            if place in bent_places:
                balance.brought[:] = [factor * each for each in balance.brought]
            original(writer, place, balance)

        bent_places = {component.name for component in EXAMPLES[kind].network if component.type_name() == kind}
        monkeypatch.setattr(StepWriter, "_close", bent)

    return Mutation(f"arrivals x {factor}", apply)


class _Later:
    """A column that will be declared after this is said."""

    def __init__(self, writer: StepWriter, key: tuple[str, str], factor: float) -> None:
        self.writer, self.key, self.factor = writer, key, factor

    def __radd__(self, other: Any) -> Any:
        return other + self.factor * self.writer.column[self.key]

    __add__ = __radd__


def without_delay() -> Mutation:
    """Water arrives at once."""

    def apply(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
        assert kind
        monkeypatch.setattr(StepColumn, "delayed", lambda column, _: column)

    return Mutation("without delay", apply)


def without_history() -> Mutation:
    """What was used before is forgotten: the window is one step."""

    def apply(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
        assert kind
        monkeypatch.setattr(StepColumn, "total", lambda column, _: column)

    return Mutation("without history", apply)


MUTATIONS: dict[str, tuple[Mutation, ...]] = {
    "aquifer": (share("gain", "recovery", 0.95), share("loss", "river_exchange", 0.95), without("recovery"), without("cone")),
    "agreement": (unbounded("transferred"), without("transferred")),
    "blending_limit": (without("mixture"),),
    "emergency_transfer": (without("transfer"), without("used"), share("measure", "transfer_cost", 0.95)),
    "fallowing": (
        without("spared zone"),
        without("given up zone"),
        without("started north"),
        share("measure", "compensation", 0.95),
    ),
    "rotation": (unbounded("flow north canal"), unbounded("flow south canal"), without("flow north canal")),
    "subsidence_zone": (unbounded("drawn within"), without("drawn"), without_history()),
    "balancing_tank": (leak("storage"), unbounded("storage", "stock")),
    "canal": (share("gain", "outflow", 0.95), share("gain", "outflow", 1.05), without("filling"), without("dry_when_stopped")),
    "desalination_plant": (share("gain", "production", 1.05), without("off"), without("minimum_load")),
    "fab": (leak("delivery", -0.05), arrivals(1.05), without("supply")),
    "household_supply": (arrivals(0.95), without("supply"), share("gain", "return_flow", 1.05)),
    "hydropower": (share("gain", "outflow", 0.95), unbounded("inflow"), without("segment_1"), without("demand")),
    "industry": (arrivals(1.05), without("supply"), share("gain", "return_flow", 0.95), without_delay()),
    "irrigation_zone": (arrivals(0.95), without("supply"), share("gain", "return_flow", 1.05)),
    "junction": (leak("throughput"), leak("throughput", -0.05)),
    "outfall": (arrivals(0.95), arrivals(1.05)),
    "outlet": (share("gain", "release", 1.05), unbounded("release")),
    "pipeline": (share("gain", "outflow", 1.05), share("gain", "reverse_outflow", 0.95), unbounded("reverse_inflow")),
    "pump_station": (share("gain", "outflow", 0.95), unbounded("inflow")),
    "reclaimed_works": (share("gain", "production", 1.05), unbounded("production")),
    "reservoir": (
        share("loss", "evaporation", 0.95),
        share("loss", "seepage", 0.0),
        share("gain", "inflow", 1.05),
        without("dead_storage"),
    ),
    "river_reach": (share("gain", "outflow", 0.95), share("loss", "routed", 0.95), without("routing"), without_delay()),
    "treatment_works": (share("loss", "sludge", 0.95), unbounded("intake", "arriving")),
    "weir": (share("gain", "inflow", 0.95), share("gain", "inflow", 1.05)),
    "well_field": (share("gain", "abstraction", 1.05), unbounded("abstraction"), without("annual_limit"), without_history()),
    "exclusive_flows": (without("off dear"), without("at most"), share("measure", "running", 2.0)),
    "exclusive_sources": (without("running_together"), without("off wells to town")),
    "gate_moves": (unbounded("moves_within"), without("opened canal 1"), without("change canal 1")),
    "flow_range": (without("lower"), without("upper")),
    "equal_fraction": (without("above large"), without("below small")),
    "minimum_flow": (without("minimum"),),
    "ramp_limit": (unbounded("change"),),
    "drought_stage": (without("cut zone"), without("curtailment zone"), unbounded("raised"), without_delay()),
    "drought_stage_choice": (without("one_stage_at_a_time"), without("curtailment zone"), without_delay()),
    "rule_curve": (unbounded("supply "),),
    "smooth_flow": (without("change"),),
    "storage_value": (unbounded("stored_1"),),
    "target_range": (without("lower"), without("upper")),
    "turbidity_limit": (unbounded("limited_flow"),),
    "source_node": (unbounded("flow"), share("gain", "flow", 0.9), share("measure", "cost", 0.9)),
    "demand_node": (unbounded("flow"), share("loss", "flow", 0.9), share("measure", "cost", 0.9)),
    "link_node": (unbounded("flow"), without("passing"), share("loss", "lost", 0.5), share("measure", "cost", 0.9)),
    "storage_node": (share("measure", "cost", 0.9),),
    "delay_node": (without("arriving"), share("gain", "flow", 0.9)),
    "flow_account": (without("use"), share("loss", "used", 0.5), share("gain", "filled", 0.5)),
    "flow_group": (unbounded("flow"), without("sum"), without("first to second")),
    "water_right": (unbounded("used_in_window"), unbounded("use"), without_history()),
}


def test_every_type_is_bent_at_least_once() -> None:
    assert {kind for kind in component_types() if not MUTATIONS.get(kind)} == set()


@pytest.mark.parametrize(
    ("kind", "mutation"),
    [pytest.param(kind, mutation, id=f"{kind}: {mutation.name}") for kind, all_of in MUTATIONS.items() for mutation in all_of],
)
def test_the_audit_objects(kind: str, mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    example = EXAMPLES[kind]
    assert [str(finding) for finding in audit(example.plan, example.network, example.forecasts)] == []
    mutation.apply(monkeypatch, kind)
    plan = solve(example.network, example.state, example.forecasts, IN_ORDER)
    findings = audit(plan, example.network, example.forecasts)
    named = {example.network[finding.where.component].type_name() for finding in findings if finding.where.component}
    assert kind in named, [str(finding) for finding in findings]
