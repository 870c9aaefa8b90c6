"""What rules may look at: tonight's readings, what was believed before, the network and its capacities by date."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.forecast.readings import Key, Origin, Reading, Trust

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from waterbalance.horizon import Floats, Integers
    from waterbalance.network.network import Network
    from waterbalance.scenario.series import Series
    from waterbalance.sources.quality.verdict import Verdict

_WORSE = (Trust.RELIABLE, Trust.DOUBTFUL, Trust.UNRELIABLE)

PAST = -1
"""Place of a value that is not tonight's."""


@dataclass(frozen=True)
class Line:
    """Believed values of one series by day: of tonight where there is one, else of the past."""

    days: Integers
    """Ordinals of the days (`datetime.date.toordinal`), ascending, each once, shape (days,)."""

    values: Floats
    """In the unit of the series, shape (days,)."""

    places: Integers
    """Which of tonight's readings each is, PAST for older ones, shape (days,)."""

    @property
    def tonight(self) -> Integers:
        """Rows that are tonight's, shape (rows of tonight,)."""
        return np.flatnonzero(self.places != PAST)

    def by_day(self) -> dict[int, tuple[float, int]]:
        """Ordinal of a day -> value and place."""
        rows = zip(self.days.tolist(), self.values.tolist(), self.places.tolist(), strict=True)
        return {day: (value, place) for day, value, place in rows}


@dataclass(frozen=True)
class Evidence:
    """What is known while rules speak; each verdict makes another one."""

    tonight: Mapping[Key, tuple[Reading, ...]]
    past: Mapping[Key, tuple[Reading, ...]]
    network: Network
    tables: Mapping[Key, Series] = field(default_factory=dict)
    """Tables by date of the scenario, such as the capacity of a lake that silts up."""

    history: Mapping[Key, pd.Series] = field(default_factory=dict)
    """The scenario's own records, by date, in internal units."""

    time_zone: str = "UTC"
    """IANA name of the zone whose days the readings count."""

    def unit(self, key: Key) -> str:
        """Internal unit of a series, as its first reading tells it."""
        return (self.tonight.get(key) or self.past[key])[0].unit

    def line(self, key: Key) -> Line:
        """What is believed of a series."""
        found = {each.date.toordinal(): (each.value, PAST) for each in self.past.get(key, ()) if each.usable}
        for place, each in reversed(tuple(enumerate(self.tonight.get(key, ())))):
            if each.usable:
                found[each.date.toordinal()] = (each.value, place)
        days = sorted(found)
        values = np.array([found[day][0] for day in days], dtype=np.float64)
        return Line(np.array(days, dtype=np.int64), values, np.array([found[day][1] for day in days], dtype=np.int64))

    def known_otherwise(self, key: Key) -> tuple[Integers, Floats]:
        """Ordinals and values of days that are not tonight's: the scenario's record, and reliable readings, shapes (days,)."""
        found: dict[int, float] = {}
        record = self.history.get(key)
        if record is not None:
            days = (stamp.toordinal() for stamp in record.index)
            found = {
                day: value for day, value in zip(days, record.to_numpy(np.float64).tolist(), strict=True) if not np.isnan(value)
            }
        found |= {each.date.toordinal(): each.value for each in self.past.get(key, ()) if each.trust is Trust.RELIABLE}
        for each in self.tonight.get(key, ()):
            found.pop(each.date.toordinal(), None)
        return np.array(list(found), dtype=np.int64), np.array(list(found.values()), dtype=np.float64)

    def capacities(self, component: str, dates: Sequence[dt.date]) -> Floats:
        """Capacity of a storage on dates: the newest that was read by then, else the table, else the field, shape (dates,). [m3].

        NaN where nobody knows it.
        """
        line = self.line((component, "capacity"))
        rows = np.searchsorted(line.days, [date.toordinal() for date in dates], side="right") - 1
        table = self.tables.get((component, "capacity"))
        capacity = getattr(self.network.components.get(component), "capacity", None)
        found = np.full(len(dates), np.nan if capacity is None else float(capacity))
        for place, date in enumerate(dates):
            if rows[place] >= 0:
                found[place] = line.values[rows[place]]
            elif table is not None and table.covers(date, date):
                found[place] = table.on_days(np.array([date], dtype="datetime64[D]"))[0]
        return found

    def after(self, word: str, verdicts: Iterable[Verdict]) -> Evidence:
        """The same with what a rule says: trusts worsen, lines are added, a corrected value keeps what was read."""
        changed = {key: list(readings) for key, readings in self.tonight.items()}
        for verdict in verdicts:
            each = changed[verdict.key][verdict.place]
            changed[verdict.key][verdict.place] = _judged(each, word, verdict)
        return replace(self, tonight={key: tuple(readings) for key, readings in changed.items()})


def _judged(reading: Reading, word: str, verdict: Verdict) -> Reading:
    trust = max(reading.trust, verdict.trust, key=_WORSE.index)
    judged = replace(reading, trust=trust, why=(*reading.why, f"{word}: {verdict.told}"))
    if verdict.value is None:
        return judged
    read = reading.value if reading.read is None else reading.read
    return replace(judged, value=verdict.value, read=read, origin=Origin.CORRECTED)
