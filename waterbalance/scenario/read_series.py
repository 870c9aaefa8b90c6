"""Tables, observed stocks and water under way, out of the files that a scenario names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from waterbalance import units
from waterbalance.errors import Finding, Findings, Place
from waterbalance.network.fields import FlowRate
from waterbalance.scenario.document import Entries
from waterbalance.scenario.quantities import Quantity
from waterbalance.scenario.sections import from_file
from waterbalance.scenario.tables import Known, TableText, read_table
from waterbalance.scenario.turn_state import turn_quantities
from waterbalance.scenario.wording import findings_of, listed, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from waterbalance.scenario.draft import Draft
    from waterbalance.scenario.needs import Needs
    from waterbalance.scenario.series import Series

Key = tuple[str, str]


def read_tables(draft: Draft) -> tuple[Series, ...]:
    """The columns of all tables of the section `tables`."""
    found: list[Series] = []
    for number, settings in enumerate(draft.sections.get("tables", ())):
        where = draft.document.place(("tables", number, "file"))
        draft.ask_for_source(settings.source, where, "a table")
        text = draft.folder.text(settings.file, where)
        if text is not None:
            label = settings.label or settings.file
            table = TableText(draft.folder.label(settings.file), text, label, settings.source, settings.holds)
            found.extend(read_table(table, draft.known, draft.findings))
    return tuple(found)


def series_by_key(series: Iterable[Series], findings: Findings) -> Mapping[Key, Series]:
    """Series by component and quantity; what is given twice is a finding."""
    found: dict[Key, Series] = {}
    for each in series:
        if each.key in found:
            what = f"{each.component}.{each.quantity} is given twice"
            findings.add(Finding(what, each.where, f"also in {found[each.key].where}", "one table or one field", "Remove one."))
        else:
            found[each.key] = each
    return found


def read_observations(draft: Draft, needs: Needs, unread: frozenset[str]) -> Mapping[Key, Series]:
    """Observed stocks by date; none where the scenario names no table of them."""
    settings = draft.sections.get("state")
    if settings is None:
        return {}
    where = draft.document.place(("state", "file"))
    draft.ask_for_source(settings.source, where, "the state")
    text = draft.folder.text(settings.file, where)
    if text is None:
        return {}
    columns: dict[str, dict[str, Quantity]] = {}
    for component, quantity in needs.stocks:
        columns.setdefault(component, {})[quantity] = Quantity(units.VOLUME, lowest=0.0)
    for component, quantity in sorted({*needs.switches, *needs.events}):
        columns.setdefault(component, {})[quantity] = Quantity(units.FRACTION, 0.0, 1.0)
    for name, quantities in turn_quantities(draft.sections.get("turns")).items():
        columns.setdefault(name, {}).update(quantities)
    label = f"observed, {settings.file}"
    table = TableText(draft.folder.label(settings.file), text, label, settings.source, kinds=("date",), gapless=False)
    return series_by_key(read_table(table, Known(columns, unread), draft.findings), draft.findings)


def read_under_way(draft: Draft, needs: Needs, unread: frozenset[str]) -> Mapping[Key, float]:
    """Steady flows of the last days before the start, in [m3/day]."""
    section = draft.document.node(("under_way",))
    allowed = [".".join(key) for key in needs.past_flows if key not in needs.events]
    adapter: TypeAdapter[float] = TypeAdapter(FlowRate)
    found: dict[Key, float] = {}
    for name, key, _ in section if isinstance(section, Entries) else ():
        component, _, quantity = name.partition(".")
        if name not in allowed and component not in unread:
            place = Place(draft.document.file, key.line, key.column)
            remedy = nearest(name, allowed, "Remove it: no plan looks at this flow of the past.")
            draft.findings.add(Finding("unknown flow under way", place, shown(name), listed(allowed), remedy))
        try:
            found[component, quantity] = adapter.validate_python(
                draft.sections.get("under_way", {}).get(name), context=from_file(draft.document)
            )
        except ValidationError as error:
            complaints = error.errors(include_url=False)
            draft.findings.extend(findings_of(complaints, draft.document, ("under_way", name)))
    return found
