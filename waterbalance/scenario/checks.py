"""What only the whole scenario can tell: small named checks, all findings at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, Place, WaterBalanceError
from waterbalance.network.rules.exclusive_sources import ExclusiveSources
from waterbalance.network.topology import check_network, unknown_neighbours
from waterbalance.scenario.device_checks import names_of_two, registers_of_two, setpoints_beyond_devices
from waterbalance.scenario.end_conditions import TARGET
from waterbalance.scenario.planted_area import crops_beyond_the_zone
from waterbalance.scenario.policy_terms import costs_of_nothing, unfit_terms
from waterbalance.scenario.scenario import Scenario, horizon_of
from waterbalance.scenario.storages import observed_beyond_capacity, pools_beyond_capacity
from waterbalance.scenario.turn_checks import turn_findings
from waterbalance.scenario.wording import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from waterbalance.horizon import Horizon
    from waterbalance.network.network import Network
    from waterbalance.scenario.entries import Entry
    from waterbalance.scenario.whole import Whole


def check_scenario(whole: Whole) -> Iterator[Finding]:
    """Every finding of every check."""
    checks: tuple[Callable[[Whole], Iterator[Finding]], ...] = (
        users_without_demand,
        crops_beyond_the_zone,
        end_conditions_without_storage,
        planning_values_of_nothing,
        quantities_that_rules_miss,
        terms_without_effect,
        partial_outages_of_the_unlimited,
        exclusive_sources_without_capacity,
        controllers_of_nothing,
        controllers_of_one_structure,
        controllers_of_one_device,
        names_of_two,
        registers_of_two,
        setpoints_beyond_devices,
        ratings_of_nothing,
        series_over_the_horizon,
        turnouts_without_water,
        reports_of_nothing,
    )
    yield from network_findings(whole.scenario.network, whole.entries)
    for check in checks:
        yield from check(whole)


def network_findings(network: Network, entries: Mapping[str, Entry], unread: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """What the network's own checks say, with places; with entries that could not be read, only about misspelt names."""
    if not unread:
        yield from (_placed(finding, entries) for finding in check_network(network))
        return
    for finding in unknown_neighbours(network):
        if (finding.found or "").strip("'") not in unread:
            yield _placed(finding, entries)


def _placed(finding: Finding, entries: Mapping[str, Entry]) -> Finding:
    """A finding about a component with its place in the file; at the field where it begins with a field's name."""
    entry = entries.get(finding.where.component or "")
    if entry is None:
        return finding
    field = finding.what.split()[0]
    place = entry.place(field) if field in entry.node.entries else entry.key_place()
    return replace(finding, where=replace(place, date=finding.where.date))


def users_without_demand(whole: Whole) -> Iterator[Finding]:
    """Users for whom neither a field nor a table nor a forecast says what they ask for."""
    for component in whole.scenario.network:
        demand = component.shortage_of
        if demand is None or demand in component.model_fields_set:
            continue
        key = (component.name, demand)
        # A forecast that could not be read has its findings already.
        named = whole.document.node(("forecasts", ".".join(key))) is not None
        if key not in whole.scenario.series and not named:
            yield Finding(
                "this user has no demand",
                whole.entries[component.name].key_place(),
                f"no {demand!r}",
                "a field, a table or a forecast",
                f"Add '{demand}: ...' here, or {component.name}.{demand} to the tables or forecasts.",
            )


def end_conditions_without_storage(whole: Whole) -> Iterator[Finding]:
    """End conditions of things that store nothing, and curves that nobody gives."""
    network, conditions = whole.scenario.network, whole.scenario.end_conditions
    storages = sorted(name for name, quantity in whole.needs.stocks if quantity == "storage")
    for name, condition in conditions.items():
        place = whole.document.key_place(("end_conditions", name), name)
        if name not in storages:
            found = repr(name) if name not in network else f"{name!r}, a {network[name].type_name()}"
            yield Finding(
                "an end condition of what stores nothing", place, found, listed(storages), nearest(name, storages, "Remove it.")
            )
        elif condition.value is not None:
            if (name, "storage") not in whole.needs.measures:
                yield Finding(
                    "the storage has no value", place, f"a {network[name].type_name()}", "curve or target", "Use a target."
                )
        elif TARGET not in network[name].varying:
            yield Finding("the storage takes no target", place, f"a {network[name].type_name()}", "value", "Use a value.")
        elif condition.curve is not None:
            yield from _unknown_curve(whole, name, condition.curve)


def _unknown_curve(whole: Whole, name: str, curve: str) -> Iterator[Finding]:
    component = whole.scenario.network[name]
    curves = [field for field in component.varying if field.endswith("_curve") or field in {"capacity", "dead_storage"}]
    place = whole.document.place(("end_conditions", name, "curve"), name)
    if curve not in curves:
        yield Finding("unknown curve", place, repr(curve), listed(curves), nearest(curve, curves, "Choose one of those."))
    elif (name, curve) not in whole.scenario.series and component.default_given(curve) is None:
        remedy = f"Add '{curve}: ...' to {name}, or a column to a table."
        yield Finding("the curve has no values", place, repr(curve), "a field or a table", remedy)


def planning_values_of_nothing(whole: Whole) -> Iterator[Finding]:
    """Planning values for quantities that no component has."""
    known = sorted({quantity for component in whole.scenario.network for quantity in component.varying})
    for quantity in whole.scenario.planning_values:
        if quantity not in known:
            place = whole.document.key_place(("planning_values", quantity))
            yield Finding("unknown quantity", place, repr(quantity), listed(known), nearest(quantity, known, "Remove it."))


def quantities_that_rules_miss(whole: Whole) -> Iterator[Finding]:
    """Rules that speak about a quantity which their subject does not have."""
    told = set()
    lost = {(missed.rule, missed.subject) for missed in whole.needs.unknown}
    givens = (missed for missed in whole.needs.unknown_givens if (missed.rule, missed.subject) not in lost)
    for missed in (*whole.needs.unknown, *givens):
        # A subject that does not exist has its finding already.
        if missed.subject not in whole.scenario.network or missed in told:
            continue
        told.add(missed)
        entry = whole.entries[missed.rule]
        neighbours = whole.scenario.network[missed.rule].neighbours()
        naming = next((field for field, _, name in neighbours if name == missed.subject), None)
        place = entry.key_place()
        if getattr(whole.scenario.network[missed.rule], "quantity", None) == missed.quantity and "quantity" in entry.node.entries:
            place = entry.place("quantity")
        elif naming is not None:
            place = entry.place(naming)
        kind = whole.scenario.network[missed.subject].type_name()
        yield Finding(
            f"{missed.subject}, a {kind}, has no such quantity",
            place,
            repr(missed.quantity),
            listed(missed.allowed),
            nearest(missed.quantity, missed.allowed, "Choose one of those, or name another component."),
        )


def terms_without_effect(whole: Whole) -> Iterator[Finding]:
    """Terms of the scenario's own policy that say nothing about this network; presets fit every network, but for prices."""
    if whole.document.node(("policy", "preset")) is None:
        yield from unfit_terms(whole.scenario, whole.document, whole.needs.measures)
    else:
        yield from costs_of_nothing(whole.scenario, whole.document, whole.needs.measures)


def partial_outages_of_the_unlimited(whole: Whole) -> Iterator[Finding]:
    """Outages that leave a share of what has no limit: the share would say nothing."""
    for component in whole.scenario.network:
        partial = [outage for outage in component.outages if 0 < outage.available < 1]
        if partial and not any(_is_limited(whole, component.name, given) for given in component.idle_zero):
            yield Finding(
                "outages leave a share of what is unlimited",
                whole.entries[component.name].key_place("outages"),
                f"available: {partial[0].available:g} without {listed(component.idle_zero)}",
                "a share of a limit, or nothing available",
                f"Give a {component.idle_zero[0]}, or leave 'available' out.",
            )


def exclusive_sources_without_capacity(whole: Whole) -> Iterator[Finding]:
    """Structures of which only some may run, and of which nobody says how much flows when they do."""
    for rule in whole.scenario.network:
        for subject in rule.subjects if isinstance(rule, ExclusiveSources) else ():
            if subject in whole.scenario.network and not _is_limited(whole, subject, "capacity"):
                yield Finding(
                    f"subjects names {subject}, which has no capacity",
                    whole.entries[rule.name].place("subjects"),
                    f"a {whole.scenario.network[subject].type_name()} without a capacity",
                    "structures with a capacity",
                    f"Give {subject} a capacity: the most that flows when it runs.",
                )


def controllers_of_nothing(whole: Whole) -> Iterator[Finding]:
    """Controllers of structures that do not exist."""
    turns = whole.scenario.turns
    components = [component.name for component in whole.scenario.network if not component.is_rule]
    components += sorted(turns.structures) if turns else []
    for name, settings in whole.scenario.controllers.items():
        if settings.structure not in components:
            place = whole.document.place(("controllers", name, "structure"), name)
            remedy = nearest(settings.structure, components, "Name a component.")
            yield Finding("unknown structure", place, repr(settings.structure), listed(components), remedy)


def ratings_of_nothing(whole: Whole) -> Iterator[Finding]:
    """Controllers that name a rating which nobody wrote, or one for another mode."""
    ratings = whole.scenario.ratings
    for name, settings in whole.scenario.controllers.items():
        if settings.rating is None:
            continue
        if settings.rating not in ratings:
            place = whole.document.place(("controllers", name, "rating"), name)
            remedy = nearest(settings.rating, ratings, "Write it.")
            yield Finding("unknown rating", place, repr(settings.rating), listed(ratings), remedy)
        elif ratings[settings.rating].mode != settings.mode:
            place = whole.document.place(("controllers", name, "mode"), name)
            remedy = "Change the mode, or name another rating."
            yield Finding("the rating is for another mode", place, settings.mode, ratings[settings.rating].mode, remedy)


def controllers_of_one_structure(whole: Whole) -> Iterator[Finding]:
    """Two controllers of one structure: each would be told its whole flow."""
    seen: dict[str, str] = {}
    for name, settings in whole.scenario.controllers.items():
        first = seen.setdefault(settings.structure, name)
        if first != name:
            place = whole.document.place(("controllers", name, "structure"), name)
            remedy = (
                "Each would be told the whole flow: remove one, or give each a canal of its own with its share of the capacity."
            )
            yield Finding("two controllers move one structure", place, repr(settings.structure), f"not that of {first!r}", remedy)


def controllers_of_one_device(whole: Whole) -> Iterator[Finding]:
    """Two controllers that would write into the same registers or programs."""
    seen: dict[tuple[str, ...], str] = {}
    for name, settings in whole.scenario.controllers.items():
        first = seen.setdefault(settings.place(name), name)
        if first != name:
            place = whole.document.key_place(("controllers", name), name)
            remedy = "Give one of them another address, or remove it."
            yield Finding(
                "two controllers are one device", place, " ".join(settings.place(name)), f"not that of {first!r}", remedy
            )


def _is_limited(whole: Whole, component: str, given: str) -> bool:
    """Whether a field, a table or a forecast gives a limit."""
    key = (component, given)
    by_date = key in whole.scenario.series or key in whole.scenario.forecasts
    return by_date or getattr(whole.scenario.network[component], given, None) is not None


def series_over_the_horizon(whole: Whole) -> Iterator[Finding]:
    """Tables that do not cover the scenario's own horizon, and storages that cannot be on one of its days."""
    try:
        horizon = horizon_of(whole.scenario)
    except WaterBalanceError as error:
        remedy = "Mend 'start' or 'last_day'."
        yield Finding(error.title, whole.document.place(("horizon",)), allowed="at least one step", remedy=remedy)
        return
    yield from uncovered(whole.scenario, horizon)
    for finding in pools_beyond_capacity(whole.scenario, horizon):
        yield _placed(finding, whole.entries)
    yield from observed_beyond_capacity(whole.scenario)


def turnouts_without_water(whole: Whole) -> Iterator[Finding]:
    """Turnouts that name what the network does not have."""
    if whole.scenario.turns is not None:
        yield from turn_findings(whole.scenario.turns, whole.scenario.network, whole.document)


def uncovered(scenario: Scenario, horizon: Horizon) -> Iterator[Finding]:
    """Series that have no value on some day of a horizon."""
    last = horizon.ends[-1].fromordinal(horizon.end.toordinal() - 1)
    for series in scenario.series.values():
        if not series.covers(horizon.start, last):
            remedy = "Add the missing rows, or choose another horizon."
            if series.kind == "from":
                remedy = "Add the missing rows, or write 'holds: true' beside the file if the values hold on."
            yield Finding(
                f"{series.component}.{series.quantity} does not cover the horizon",
                replace(series.where, component=series.component) if series.where.file else Place(component=series.component),
                f"{series.first_day} to {series.last_day}",
                f"{horizon.start} to {last}",
                remedy,
            )


def reports_of_nothing(whole: Whole) -> Iterator[Finding]:
    """Reported series of quantities and parameters that do not exist."""
    parameters = whole.scenario.parameters
    known = {*whole.needs.columns, *whole.needs.measures, *whole.needs.readings, *parameters.remembered()}
    names = sorted(".".join(key) for key in known)
    for number, report in enumerate(whole.scenario.reported):
        for word in ("of", "minus"):
            for index, name in enumerate(getattr(report, word)):
                if name not in names:
                    place = whole.document.place(("reported", number, word, index))
                    remedy = nearest(name, names, "Write 'component.quantity'; `waterbalance describe TYPE` lists quantities.")
                    yield Finding("unknown quantity", place, repr(name), None, remedy)
        if report.parameter is not None and report.parameter not in parameters.named:
            place = whole.document.place(("reported", number, "parameter"))
            remedy = nearest(report.parameter, parameters.named, "Add it to the section 'parameters'.")
            yield Finding("unknown parameter", place, repr(report.parameter), listed(parameters.named), remedy)
