"""What a configuration names and the scenario does not have, or has otherwise: told at once, each with its line.

Every check needs some sections of the file; one of whose sections nothing could be read says nothing, for it would complain of
echoes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.errors import Finding
from waterbalance.operate.configuring import alert_settings
from waterbalance.operate.configuring.fit_series import NOTHING_ELSE, misfits_of_series
from waterbalance.operate.planning.overriding import cannot_be
from waterbalance.scenario.needs import needs_of
from waterbalance.scenario.weather_settings import WEATHER
from waterbalance.scenario.wording import listed, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from waterbalance.operate.configuring.fit_series import Written
    from waterbalance.operate.configuring.night_file import NightFile
    from waterbalance.scenario.document import Document, PathInside
    from waterbalance.scenario.scenario import Scenario


def misfits(
    file: NightFile,
    document: Document,
    scenario: Scenario,
    sections: Collection[str] | None = None,
    written: Written = NOTHING_ELSE,
) -> Iterator[Finding]:
    """A finding for everything that does not fit.

    `sections` are those of which something could be read, all of them when left out; `written`: series of what could not.
    """

    def series(file: NightFile, document: Document, scenario: Scenario) -> Iterator[Finding]:
        return misfits_of_series(file, document, scenario, written)

    checks = (
        (("sources", "derived"), series),
        (("feeds",), _feeds),
        (("state",), _state),
        (("forecasts",), _forecasts),
        (("ladder",), _relaxations),
        (("overrides",), _overrides),
        (("alerts",), _alerts),
    )
    for needed, check in checks:
        if sections is None or set(needed) <= set(sections):
            yield from check(file, document, scenario)


def _feeds(file: NightFile, document: Document, scenario: Scenario) -> Iterator[Finding]:
    driven = [".".join(key) for key, recipe in scenario.forecasts.items() if any(owner == WEATHER for owner, _ in recipe.columns)]
    for station, names in file.feeds.items():
        paths = (("feeds", station, number) for number in range(len(names)))
        yield from _unknown(document, zip(paths, names, strict=True), driven, "no forecast learns from weather by this name")


def _state(file: NightFile, document: Document, scenario: Scenario) -> Iterator[Finding]:
    reservoirs = [name for name, quantity in needs_of(scenario.network).stocks if quantity == "storage"]
    named = ((("state", "jumps", name), name) for name in file.state.jumps)
    yield from _unknown(document, named, reservoirs, "there is no such storage")


def _forecasts(file: NightFile, document: Document, scenario: Scenario) -> Iterator[Finding]:
    told = (("freshness", file.forecasts.freshness), ("least_members", file.forecasts.least_members))
    named = ((("forecasts", field, name), name) for field, settings in told for name in settings)
    yield from _unknown(document, named, [".".join(key) for key in scenario.forecasts], "there is no such forecast")


def _relaxations(file: NightFile, document: Document, scenario: Scenario) -> Iterator[Finding]:
    for number, each in enumerate(file.ladder.relaxations):
        path = ("ladder", "relaxations", number)
        if each.component not in scenario.network:
            named = [((*path, "component"), each.component)]
            yield from _unknown(document, named, list(scenario.network.components), "there is no such component or rule")
            continue
        component = scenario.network[each.component]
        if each.field is None:
            if not component.is_rule:
                remedy = "Give 'field' and 'to', or name a rule."
                place = document.place((*path, "component"))
                yield Finding("only rules can be left out", place, f"a {component.type_name()}", "a rule", remedy)
            continue
        numbers = [name for name in type(component).model_fields if _is_number(getattr(component, name))]
        tables = [name for owner, name in (*scenario.series, *scenario.forecasts) if owner == component.name]
        allowed = sorted({*numbers, *tables, *component.varying_here()})
        what = f"{each.component} has no number by this name"
        yield from _unknown(document, [((*path, "field"), each.field)], allowed, what)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _overrides(file: NightFile, document: Document, scenario: Scenario) -> Iterator[Finding]:
    columns = needs_of(scenario.network).columns
    for number, each in enumerate(file.overrides):
        why = cannot_be(scenario.network, columns, each)
        if why is not None:
            place = document.key_place(("overrides", number))
            remedy = "Correct the order, or take it out where it is over."
            yield Finding(f"an override cannot be: {why}", place, f"{each.what} {each.how} {each.value}", None, remedy)


def _alerts(file: NightFile, document: Document, scenario: Scenario) -> Iterator[Finding]:
    yield from alert_settings.misfits(file.alerts, scenario.network, document)


def _unknown(
    document: Document, named: Iterable[tuple[PathInside, str]], allowed: Collection[str], what: str
) -> Iterator[Finding]:
    for path, name in named:
        if name not in allowed:
            # Keys of mappings stand at their own line, items of lists at theirs.
            yield Finding(what, document.key_place(path), shown(name), listed(allowed), nearest(name, allowed, "Mend the name."))
