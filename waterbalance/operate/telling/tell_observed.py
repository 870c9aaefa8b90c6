"""What a night knew, as plain values for its report: sources, corrections, gaps, and the storages that it began with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.forecast.readings import Origin
from waterbalance.report.corrections import summary_of
from waterbalance.report.night.told import GapTold, SourceTold, StockTold
from waterbalance.sources.gaps.fill import method_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from waterbalance.forecast.readings import Reading
    from waterbalance.operate.observing.observe import Observed
    from waterbalance.operate.observing.opening import Opening


def tell_observed(observed: Observed | None, sources: Iterable[str]) -> Mapping[str, object]:
    """Fields of `NightTold`; all sources by name where none was asked."""
    if observed is None:
        return {"sources": tuple(SourceTold(name=name, readings=0, series=0) for name in sources)}
    gaps = (GapTold(component=each.key[0], quantity=each.key[1], first=each.first, last=each.last) for each in observed.gaps)
    return {
        "sources": tuple(_source(observed, name) for name in sources),
        "complaints": tuple(str(each) for each in observed.findings),
        "corrections": summary_of(observed.tonight),
        "gaps": tuple(gaps),
    }


def _source(observed: Observed, name: str) -> SourceTold:
    own = (each for each in observed.tonight if each.source == name)
    read = [each for each in own if each.origin is not Origin.COMPLETED and not each.withdrawn]
    return SourceTold(
        name=name,
        readings=len(read),
        series=len({each.key for each in read}),
        newest=max((each.date for each in read), default=None),
        silent=name in observed.silent,
    )


def tell_opening(opening: Opening | None, readings: Iterable[Reading]) -> Mapping[str, object]:
    """Fields of `NightTold`; `readings` say which storages nobody read, and a method completed."""
    if opening is None:
        return {}
    tonight = (each for each in readings if each.date == opening.state.day and each.usable)
    completed = {each.key: method_of(each) for each in tonight if each.origin is Origin.COMPLETED}
    jumps = {each.where.component for each in opening.jumps}
    stocks = (
        StockTold(
            component=component,
            taken=value,
            expected=opening.expected.get((component, quantity)),
            observed=(component, quantity) not in opening.state.assumed and (component, quantity) not in completed,
            completed=completed.get((component, quantity)),
            jumps=component in jumps,
        )
        for (component, quantity), value in sorted(opening.state.stocks.items())
        if quantity == "storage"
    )
    return {"start": opening.start, "expected_on": opening.made_on, "stocks": tuple(stocks)}
