"""What really happened, out of the tables of the section `record`: shown beside a plan, never used by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance import units
from waterbalance.scenario.quantities import Quantity
from waterbalance.scenario.read_series import series_by_key
from waterbalance.scenario.tables import Known, TableText, read_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.scenario.draft import Draft
    from waterbalance.scenario.needs import Needs
    from waterbalance.scenario.series import Series

Key = tuple[str, str]

TOTAL_OUTFLOW = "total_outflow"
"""All that leaves a reservoir by its outlets and over its spillway, which gauges often do not tell apart."""

OUTFLOWS = ("release", "spill", "overtopping")
"""What makes up the total outflow."""


def read_record(draft: Draft, needs: Needs, unread: frozenset[str]) -> Mapping[Key, Series]:
    """Recorded stocks and flows by component and quantity: whatever a plan says may have been recorded."""
    columns: dict[str, dict[str, Quantity]] = {}
    for component, quantity in sorted(needs.columns | needs.measures):
        columns.setdefault(component, {})[quantity] = Quantity(units.FLOW, lowest=0.0)
    for component, quantity in needs.stocks:
        columns[component][quantity] = Quantity(units.VOLUME, lowest=0.0)
    for known in columns.values():
        if set(OUTFLOWS[:2]) <= set(known):
            known[TOTAL_OUTFLOW] = Quantity(units.FLOW, lowest=0.0)
    found: list[Series] = []
    for number, settings in enumerate(draft.sections.get("record", ())):
        where = draft.document.place(("record", number, "file"))
        draft.ask_for_source(settings.source, where, "a record")
        text = draft.folder.text(settings.file, where)
        if text is not None:
            file, label = draft.folder.label(settings.file), f"recorded, {settings.file}"
            table = TableText(file, text, label, settings.source, kinds=("date", "from"), gapless=False)
            found.extend(read_table(table, Known(columns, unread), draft.findings))
    return series_by_key(found, draft.findings)
