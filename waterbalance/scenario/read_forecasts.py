"""The section `forecasts`: which forecaster makes which series, with its settings and tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from waterbalance import units
from waterbalance.errors import Finding, Place
from waterbalance.scenario.document import Entries, Scalar, plain
from waterbalance.scenario.ensemble_file import ISSUED, read_ensemble, read_issues
from waterbalance.scenario.forecasters import FORECASTERS, Recipe
from waterbalance.scenario.sections import from_file
from waterbalance.scenario.tables import Known, TableText, read_table
from waterbalance.scenario.weather_settings import WEATHER_AHEAD
from waterbalance.scenario.wording import findings_of, listed, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.scenario.draft import Draft
    from waterbalance.scenario.forecaster_settings import Asked, ForecasterSettings
    from waterbalance.scenario.quantities import Quantity
    from waterbalance.scenario.series import Series

Key = tuple[str, str]


def read_forecasts(draft: Draft, series: Mapping[Key, Series]) -> Mapping[Key, Recipe]:
    """The recipes that could be read; `series` are those that tables and fields give already."""
    section = draft.document.node(("forecasts",))
    found: dict[Key, Recipe] = {}
    for name, key, node in section if isinstance(section, Entries) else ():
        place = Place(draft.document.file, key.line, key.column)
        wanted = _wanted(draft, name, place)
        settings = _settings(draft, name, node) if isinstance(node, Entries) else None
        component, _, quantity = name.partition(".")
        if (component, quantity) in series:
            remedy = "Remove one of the two."
            also = f"also in {series[component, quantity].where}"
            draft.findings.add(Finding(f"{name} is given twice", place, also, "a table or a forecast", remedy))
        if settings is not None:
            draft.ask_for_source(settings.source, place, "a forecast")
        if settings is not None and wanted is not None:
            columns = _columns(draft, name, settings, wanted)
            found[component, quantity] = Recipe(settings, wanted.unit or units.FRACTION, columns)
    return found


def _wanted(draft: Draft, name: str, place: Place) -> Quantity | None:
    """What the forecast quantity must be; None, and a finding, where there is no such quantity."""
    component, _, quantity = name.partition(".")
    if component in draft.known.unread:
        return None
    quantities = draft.known.quantities.get(component)
    if quantities is None:
        remedy = nearest(component, draft.known.quantities, "Write 'component.quantity'.")
        draft.findings.add(Finding("unknown component", place, shown(name), listed(draft.known.quantities), remedy))
        return None
    if quantity not in quantities:
        remedy = nearest(quantity, quantities, "Choose one of those.")
        draft.findings.add(Finding("unknown quantity", place, shown(name), listed(quantities), remedy))
        return None
    return quantities[quantity]


def _settings(draft: Draft, name: str, node: Entries) -> ForecasterSettings | None:
    path = ("forecasts", name)
    word = node.entries.get("forecaster")
    if word is None or not isinstance(word[1], Scalar):
        place = draft.document.key_place(path)
        draft.findings.add(
            Finding("the forecaster is missing", place, "no 'forecaster'", listed(FORECASTERS), "Add 'forecaster: ...'.")
        )
        return None
    kind = FORECASTERS.get(word[1].text)
    if kind is None:
        place = draft.document.place((*path, "forecaster"))
        remedy = nearest(word[1].text, FORECASTERS, "Choose one of those.")
        draft.findings.add(Finding("unknown forecaster", place, repr(word[1].text), listed(FORECASTERS), remedy))
        return None
    try:
        return kind.model_validate(plain(node), context=from_file(draft.document))
    except ValidationError as error:
        complaints = error.errors(include_url=False)
        draft.findings.extend(findings_of(complaints, draft.document, path, tuple(kind.model_fields)))
        return None


def _columns(draft: Draft, name: str, settings: ForecasterSettings, wanted: Quantity) -> Mapping[Key, Series]:
    component, _, quantity = name.partition(".")
    found: dict[Key, Series] = {}
    for asked in settings.tables((component, quantity), wanted):
        where = draft.document.place(("forecasts", name, asked.setting, "file"))
        text = draft.folder.text(asked.file, where)
        if text is None:
            continue
        read = _read(asked, text, draft, settings.source, quantity)
        found |= {each.key: each for each in read}
    return found


def _read(asked: Asked, text: str, draft: Draft, source: str | None, quantity: str) -> tuple[Series, ...]:
    """The series of one table that a forecaster asks for."""
    file = draft.folder.label(asked.file)
    table = TableText(file, text, asked.file, source, kinds=asked.kinds, gapless=False)
    known = Known({asked.component: asked.quantities}, currency=draft.known.currency)
    if asked.style == "ensemble":
        return read_ensemble(table, asked.component, asked.quantities[quantity], draft.findings)
    if asked.style == "weather_ahead" and text.lstrip("\ufeff \n").startswith(ISSUED):
        series = read_issues(table, WEATHER_AHEAD, known, draft.findings)
        names = {each.quantity.split(" ", 2)[1] for each in series}
    else:
        series = read_table(table, known, draft.findings)
        names = {each.quantity for each in series}
        if asked.style == "weather_ahead":
            series = tuple(replace(each, component=WEATHER_AHEAD) for each in series)
    for name in asked.needed if series else ():
        if name not in names:
            place, here = Place(file, 1), listed(names)
            what, remedy = f"the table lacks the column {asked.component}.{name}", "Add the column."
            draft.findings.add(Finding(what, place, here, listed(asked.needed), remedy))
    return series
