"""Tonight's readings with what quality control thinks of them: nothing removed, nothing overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.forecast.readings import Key, Reading, by_series
from waterbalance.sources.quality.evidence import Evidence
from waterbalance.sources.quality.settings import SeriesQuality, quality_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from waterbalance.network.network import Network
    from waterbalance.scenario.series import Series

_NO_TABLES: Mapping[Key, Series] = {}
_NO_HISTORY: Mapping[Key, pd.Series] = {}


def checked(
    readings: Iterable[Reading],
    settings: Mapping[str, SeriesQuality],
    network: Network,
    *,
    past: Iterable[Reading] = (),
    tables: Mapping[Key, Series] = _NO_TABLES,
    history: Mapping[Key, pd.Series] = _NO_HISTORY,
    time_zone: str = "UTC",
) -> tuple[Reading, ...]:
    """Judge tonight's readings: as many as came, by series and date, with trusts that are the same or worse.

    `past` is what is known from earlier nights, with its trusts: what tonight is held against, never judged again. Completed
    values among it are no measurements, and are held against nothing. `tables` are the scenario's, for capacities by date, and
    `history` its records of the same series.
    A rule speaks of all series before the next rule does, so that a balance sees the limits of every term.

    Raises `InputError` where an amount in the settings is of another kind than its series.
    """
    evidence = Evidence(
        {key: tuple(sorted(own, key=_place)) for key, own in by_series(readings).items()},
        by_series(each for each in past if each.origin != "completed"),
        network,
        tables,
        history,
        time_zone,
    )
    rules = {key: quality_of(settings, ".".join(key)).rules() for key in evidence.tonight}
    for name in SeriesQuality.model_fields:
        for key in evidence.tonight:
            rule = rules[key].get(name)
            if rule is not None:
                evidence = evidence.after(rule.word, rule.judge(key, evidence))
    return tuple(each for own in evidence.tonight.values() for each in own)


def _place(reading: Reading) -> tuple[str, str, str, float, str]:
    """An order that does not depend on the order in which readings came."""
    return str(reading.date), reading.known_at.isoformat(), reading.source, reading.value, str(reading.trust)
