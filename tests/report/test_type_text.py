"""`waterbalance describe TYPE` tells all that a type takes and gives, and tells it from the type itself."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from gallery import GALLERY
from network.example import Key
from network.examples import EXAMPLES, kind_of
from waterbalance.errors import UsageError
from waterbalance.network.component import Component, component_types
from waterbalance.network.field_docs import field_docs
from waterbalance.network.fields import rows_inside
from waterbalance.network.network import Network
from waterbalance.optimise.compile import CompiledStep, compile_step
from waterbalance.plan.plan import Plan
from waterbalance.report.language import LANGUAGES, Language, Wording
from waterbalance.report.type_text import type_text
from waterbalance.scenario.needs import needs_of
from waterbalance.scenario.quantities import varying_quantities
from waterbalance.scenario.spoken import Spoken, spoken_by

SPOKEN: Mapping[str, Spoken] = {name: spoken_by(kind) for name, kind in component_types().items()}
SECTIONS = ("fields", "common_fields", "writes", "measures", "givens", "state")
SNAPSHOT = Path(__file__).parent / "canal.txt"


def known_as(quantity: str, spoken: Spoken) -> str | None:
    """The described quantity that a plan's own is one of: `moved <subject>` for `moved gate`, `short_<n>` for `short_2`."""
    for described in spoken.quantities:
        pattern = re.sub(r"<n>", r"\\d+", re.escape(described).replace(r"\ ", " "))
        if re.fullmatch(re.sub(r"<\w+>", ".+", pattern), quantity):
            return described
    return None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", component_types())
def test_every_type_has_all_parts(name: str, language: Language) -> None:
    say, kind = Wording(language), component_types()[name]
    text = type_text(name, say)
    for section in SECTIONS:
        assert say.pair(f"describe.{section}", "").rstrip() in text.splitlines()
    for field, info in kind.model_fields.items():
        if field != "name":
            assert f"  {field} (" in text
            assert " ".join(field_docs(kind)[field].split()) in text
        for row in rows_inside(info.annotation):
            for key in row.model_fields:
                assert f"        {key} (" in text
                assert " ".join(field_docs(row)[key].split()) in text
    for quantity in kind.varying:
        assert f"  {quantity} [" in text.split(say("describe.givens"))[1]
    assert name in type_text(say=say)


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_an_example_says_is_described(name: str) -> None:
    """Columns, measures, units and stocks as the compiler has them: a second witness beside the listener."""
    require_described(EXAMPLES[name].network, EXAMPLES[name].plan)


@pytest.mark.parametrize("name", GALLERY)
def test_what_a_gallery_network_says_is_described(name: str) -> None:
    require_described(GALLERY[name]().network, None)


def require_described(network: Network, plan: Plan | None) -> None:
    step = compile_step(network)
    for (owner, quantity), unit in units_of(step, plan).items():
        kind = network[owner]
        described = known_as(quantity, SPOKEN.get(kind.type_name(), Spoken()))
        if kind.type_name() in SPOKEN:
            assert described is not None, f"{kind.type_name()} says {quantity}"
            found = SPOKEN[kind.type_name()].quantities[described]
            assert re.fullmatch(re.sub(r"<\w+>", ".+", re.escape(found.unit)), unit), f"{owner}.{quantity}"
            assert found.is_measure or (owner, quantity) not in step.measures
            assert not found.one_of or any(is_told(kind, field) for field in found.one_of)
            assert all(is_told(kind, field) for field in found.all_of)


def is_told(component: Component, told: str) -> bool:
    """Whether a component has a field that is said to bring a quantity, such as `fill_volume` or `hard: false`."""
    field, _, value = told.partition(": ")
    found = getattr(component, field)
    return str(found).lower() == value if value else found != type(component).model_fields[field].default


def units_of(step: CompiledStep, plan: Plan | None) -> Mapping[Key, str]:
    """What a plan of a step holds, with units; without a plan, what the compiler knows of them."""
    if plan is not None:
        return {key: plan.units.get(key, "m3") for key in plan.values}
    linked = {link.column for link in step.links}
    whole = {key for key, is_whole in zip(step.columns, step.integer, strict=True) if is_whole}
    named = [key for key in (*step.columns, *step.readings.names) if key not in linked]
    return {key: "1" if key in whole else step.units.get(key, step.measures.get(key, "m3")) for key in named}


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_the_state_must_tell_is_described(name: str) -> None:
    network = EXAMPLES[name].network
    needs = needs_of(network)
    for owner, quantity in (*needs.stocks, *needs.carried_switches, *needs.events):
        told = SPOKEN[network[owner].type_name()].state
        assert any(re.fullmatch(re.sub(r"<\w+>", ".+", each), quantity) for each in told), (owner, quantity)


def test_every_type_has_an_example_that_is_compared() -> None:
    assert {kind_of(name) for name in EXAMPLES} == set(component_types())


def test_units_of_what_tables_may_give() -> None:
    for name, kind in component_types().items():
        for quantity, known in varying_quantities(kind).items():
            assert SPOKEN[name].givens[quantity] == (known.unit or "1")


def test_a_canal_in_full() -> None:
    """Delete the file and run `waterbalance describe canal > tests/report/canal.txt` where the canal has changed."""
    assert type_text("canal") == SNAPSHOT.read_text(encoding="utf-8")


def test_an_unknown_type_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean 'reservoir'"):
        type_text("resevoir")


def test_quantities_have_their_chinese_names() -> None:
    assert "storage [m3]             蓄存量，指標  蓄水量" in type_text("reservoir", Wording("zh-TW"))


@pytest.mark.parametrize(
    ("example", "key", "unit"),
    [
        ("gate_moves", "moves_within", "1"),
        ("gate_moves", "change ", "m3/day"),
        ("ramp_limit", "change", "m3/day"),
        ("smooth_flow", "rise_1", "m3/day"),
        ("fallowing", "started ", "1"),
        ("drought_stage", "announced ", "day"),
        ("drought_stage", "raised", "1"),
        ("drought_stage_choice", "announced ", "day"),
        ("blending_limit", "margin", "m3 x "),
    ],
)
def test_what_is_no_volume_has_its_own_unit_in_a_plan(example: str, key: str, unit: str) -> None:
    units = EXAMPLES[example].plan.units
    found = {units.get(each, "m3") for each in EXAMPLES[example].plan.values if each[1].startswith(key)}
    assert found
    assert all(each.startswith(unit) for each in found)
