"""What quality control and the gap ladder did to readings, as a table: nothing that was changed goes unsaid."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 (values that are read back resolve their types)
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from waterbalance.forecast.readings import Key, Origin, Reading, Trust
from waterbalance.report.section import Section

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waterbalance.network.network import Network
    from waterbalance.report.language import Wording

_WORSE: Final = (Trust.RELIABLE, Trust.DOUBTFUL, Trust.UNRELIABLE)


@dataclass(frozen=True)
class Correction:
    """What one rule said of one series."""

    series: str
    """`component.quantity`."""

    rule: str
    """Its word in `Reading.why`: `stuck`, `mass balance`, `gap`."""

    days: int
    """Different days."""

    count: int
    """Readings: more than the days where a day was told several times."""

    corrected: int
    """Readings among them that hold another value than the one read."""

    first: dt.date
    last: dt.date
    worst: Trust
    """The least trust that was left of one of them."""

    example: str
    """What was said of the first one that is left with the least trust."""


def summary_of(readings: Iterable[Reading]) -> tuple[Correction, ...]:
    """A row for each series and rule that spoke, by series and then by rule; none where all readings are well."""
    found: dict[tuple[Key, str], list[tuple[Reading, str]]] = {}
    for each in readings:
        for line in each.why:
            rule, _, told = line.partition(": ")
            found.setdefault((each.key, rule), []).append((each, told))
    return tuple(_row(key, rule, found[key, rule]) for key, rule in sorted(found))


def corrections(rows: tuple[Correction, ...], say: Wording, network: Network | None = None) -> Section:
    """The table in the reader's words, with the titles of a network; what a rule said of a reading stays in English."""
    columns = ("series", "rule", "trust", "example", "dates", "days", "corrected")
    return Section(
        say("quality"),
        tuple(say(f"quality.column.{name}") for name in columns),
        tuple(
            (
                say.printable(each.series) if network is None else _titled(each.series, network, say),
                say.printable(say.known("quality.rule", each.rule)),
                say(f"quality.trust.{each.worst}"),
                say.finding(each.example),
                say("dates", start=say.date(str(each.first)), last_day=say.date(str(each.last))),
                say.number(each.days, 0),
                say.number(each.corrected, 0),
            )
            for each in rows
        ),
        words=5,
        note=say("quality.note"),
    )


def _titled(series: str, network: Network, say: Wording) -> str:
    component, _, quantity = series.partition(".")
    return f"{say.name(network, component)} · {say.quantity(quantity)}"


def _row(key: Key, rule: str, spoken: list[tuple[Reading, str]]) -> Correction:
    dates = [each.date for each, _ in spoken]
    worst, told = min(spoken, key=lambda pair: (-_WORSE.index(pair[0].trust), pair[0].date, pair[1]))
    corrected = sum(each.origin is Origin.CORRECTED for each, _ in spoken)
    return Correction(".".join(key), rule, len(set(dates)), len(spoken), corrected, min(dates), max(dates), worst.trust, told)
