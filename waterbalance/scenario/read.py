"""A scenario folder into a `Scenario`: every problem of all its files at once, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, Findings, InputError, Place
from waterbalance.network.component import component_types
from waterbalance.network.network import Network
from waterbalance.scenario.checks import check_scenario, network_findings
from waterbalance.scenario.components import ReadComponents, read_components
from waterbalance.scenario.document import Document, Entries, parse_document
from waterbalance.scenario.draft import Draft
from waterbalance.scenario.end_conditions import policy_of
from waterbalance.scenario.entries import find_entries, named_in
from waterbalance.scenario.folder import Folder
from waterbalance.scenario.migrate import lift
from waterbalance.scenario.needs import needs_of
from waterbalance.scenario.quantities import benefits_in, named_quantities, varying_quantities
from waterbalance.scenario.read_forecasts import read_forecasts
from waterbalance.scenario.read_parameters import read_parameters
from waterbalance.scenario.read_record import read_record
from waterbalance.scenario.read_series import Key, read_observations, read_tables, read_under_way, series_by_key
from waterbalance.scenario.scenario import Scenario
from waterbalance.scenario.schema import ScenarioFile
from waterbalance.scenario.sections import currency_of, read_sections
from waterbalance.scenario.state import missing_from_state
from waterbalance.scenario.tables import Known
from waterbalance.scenario.told_by_crops import told_by_crops
from waterbalance.scenario.whole import Whole

if TYPE_CHECKING:
    from waterbalance.scenario.forecasters import Recipe
    from waterbalance.scenario.series import Series

SCENARIO_FILE = "scenario.yaml"


def read_scenario(path: str | Path) -> Scenario:
    """Read a scenario folder (or the `scenario.yaml` in it).

    Raises `InputError` with a finding for every problem of every file: what, file:line:column, found, allowed, remedy.
    """
    draft = _open(Path(path))
    parts = _read(draft)
    scenario = _assembled(draft, parts)
    if scenario is not None:
        scenario = told_by_crops(scenario, draft.entries, draft.findings)
        needs = needs_of(scenario.network)
        entries = {entry.name: entry for entry in draft.entries}
        draft.findings.extend(check_scenario(Whole(scenario, draft.document, entries, needs)))
        draft.findings.extend(missing_from_state(scenario, needs, draft.document, observed=parts.observed))
    _raise_if_any(draft.folder)
    if scenario is None:
        # Every part that is left out has its finding; this line keeps a forgotten one from passing in silence.
        raise InputError(f"{draft.folder.path} cannot be read")
    return scenario


def _open(path: Path) -> Draft:
    """The document, its sections and the types of its components; a file that cannot be parsed raises at once."""
    folder = Folder(path.parent if path.name == SCENARIO_FILE and not path.is_dir() else path)
    document = None
    if not folder.path.is_dir():
        remedy = "Name the folder that holds scenario.yaml; `waterbalance new` makes one."
        folder.findings.add(Finding("there is no such folder", Place(str(folder.path)), None, "a scenario folder", remedy))
    elif (text := folder.text(SCENARIO_FILE, Place(folder.label(SCENARIO_FILE)))) is not None:
        document = parse_document(text, folder.label(SCENARIO_FILE), folder.findings)
    lifted = None if document is None else lift(document, folder.findings)
    if lifted is None:
        _raise_if_any(folder)
        raise InputError(f"{path} cannot be read")
    return _draft(lifted, folder)


def _draft(document: Document, folder: Folder) -> Draft:
    sections = read_sections(document, folder.findings)
    entries = find_entries(document, component_types(), folder.findings)
    benefits = benefits_in(document)
    quantities = {
        entry.name: {**varying_quantities(entry.kind, benefits), **named_quantities(entry.kind, entry.node)} for entry in entries
    }
    unread = named_in(document) - set(quantities)
    return Draft(document, folder, sections, entries, Known(quantities, unread, currency_of(document)))


@dataclass(frozen=True)
class _Parts:
    """What the files say, as far as it could be read."""

    components: ReadComponents
    network: Network
    series: dict[Key, Series]
    forecasts: dict[Key, Recipe]
    observations: dict[Key, Series]
    observed: bool
    """Whether the table of the state could be read; true also where there is none."""

    under_way: dict[Key, float]
    record: dict[Key, Series]
    unread: frozenset[str]


def _read(draft: Draft) -> _Parts:
    tables = read_tables(draft)
    first_values = _given_by_forecasts(draft) | {series.key: float(series.values[0]) for series in tables}
    read = read_components(draft.entries, first_values, draft.folder, sources_required=draft.sources_required)
    unread = named_in(draft.document) - {component.name for component in read.components}
    network = Network.of(read.components)
    entries = {entry.name: entry for entry in draft.entries}
    if unread:
        draft.findings.extend(network_findings(network, entries, unread))
    needs = needs_of(network)
    series = dict(series_by_key((*tables, *read.series), draft.findings))
    forecasts = dict(read_forecasts(draft, series))
    told_before = len(draft.findings)
    observations = dict(read_observations(draft, needs, unread))
    return _Parts(
        read,
        network,
        series,
        forecasts,
        observations,
        bool(observations) or len(draft.findings) == told_before,
        dict(read_under_way(draft, needs, unread)),
        dict(read_record(draft, needs, unread)),
        unread,
    )


def _given_by_forecasts(draft: Draft) -> dict[Key, float]:
    """Fields that may be left out and that a forecast gives: a component may ask whether they are there at all."""
    section = draft.document.node(("forecasts",))
    told = section.entries if isinstance(section, Entries) else {}
    optional = (
        (entry.name, field)
        for entry in draft.entries
        for field in entry.kind.varying
        if field in entry.kind.model_fields and entry.kind.model_fields[field].default is None
    )
    return {key: 0.0 for key in optional if ".".join(key) in told}


def _assembled(draft: Draft, parts: _Parts) -> Scenario | None:
    """The scenario, or None where a part of it is missing."""
    sections = draft.sections
    if parts.unread or set(ScenarioFile.model_fields) - set(sections) - _optional_sections():
        return None
    return Scenario(
        name=sections["name"],
        time_zone=sections["time_zone"],
        horizon=sections["horizon"],
        network=parts.network,
        policy=policy_of(sections["policy"], sections["end_conditions"]),
        folder=str(draft.folder.path),
        title=sections["title"],
        description=sections["description"],
        currency=sections["currency"],
        planning_values=sections["planning_values"],
        planning_ensemble=sections.get("planning_ensemble"),
        end_conditions=sections["end_conditions"],
        series=parts.series,
        forecasts=parts.forecasts,
        observations=parts.observations,
        record=parts.record,
        record_notes=tuple(settings.note for settings in sections["record"] if settings.note),
        oldest=10.0 if sections.get("state") is None else sections["state"].oldest,
        under_way=parts.under_way,
        parameters=read_parameters(draft, parts.network),
        reported=sections["reported"],
        not_carried_over=sections["not_carried_over"],
        issuing=sections["issuing"],
        controllers=sections["controllers"],
        ratings=sections["ratings"],
        turns=sections.get("turns"),
        files=dict(draft.folder.hashes),
    )


def _optional_sections() -> set[str]:
    """Sections whose absence is told by None."""
    return {name for name, field in ScenarioFile.model_fields.items() if not field.is_required() and field.default is None}


def _raise_if_any(folder: Folder) -> None:
    findings: Findings = folder.findings
    count = len(findings)
    findings.raise_if_any(InputError, f"{folder.path}: {count} problem{'s' if count > 1 else ''}")
