"""How good forecasts and plans were, as plain values for the report of a night."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from statistics import fmean
from typing import TYPE_CHECKING

from waterbalance.operate.night.keep_night import CRPS, CRPS_OF_CLIMATOLOGY, ERROR, INSIDE
from waterbalance.report.night.scores_told import ScoreTold, SkillTold
from waterbalance.store import scores as judged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from waterbalance.operate.observing.score import Score
    from waterbalance.store.database import Store

Key = tuple[str, str]
Judged = tuple[str, dt.date]
"""A run, and a day that it foresaw."""

DAYS_BACK = 30
"""Over how many days forecasts are judged. [day]"""


def tell_scores(scores: Iterable[Score]) -> tuple[ScoreTold, ...]:
    """Those of last night."""
    left_out = {"made_on", "lead"}
    return tuple(
        ScoreTold.model_validate({name: value for name, value in asdict(each).items() if name not in left_out}) for each in scores
    )


def tell_skill(store: Store, scenario: str, day: dt.date) -> tuple[SkillTold, ...]:
    """Means over all that was judged of the last days; beside the climatology only where both are known."""
    with store.reading() as connection:
        found = judged.of(connection, scenario, day - dt.timedelta(days=DAYS_BACK), day - dt.timedelta(days=1))
    measures: dict[Key, dict[str, dict[Judged, float]]] = {}
    unit: dict[Key, str] = {}
    for each in found:
        key = each.component, each.quantity
        measures.setdefault(key, {}).setdefault(each.measure, {})[each.run, each.day] = each.value
        unit |= {key: each.unit} if each.measure == CRPS else {}
    return tuple(_skill(key, unit[key], measures[key]) for key in sorted(unit))


def _skill(key: Key, unit: str, measures: Mapping[str, Mapping[Judged, float]]) -> SkillTold:
    crps, past = measures[CRPS], measures.get(CRPS_OF_CLIMATOLOGY, {})
    both = sorted(set(crps) & set(past)) or sorted(crps)
    inside = measures.get(INSIDE)
    return SkillTold(
        component=key[0],
        quantity=key[1],
        unit=unit,
        days=len({day for _, day in both}),
        crps=fmean(crps[each] for each in both),
        bias=fmean(measures[ERROR][each] for each in both),
        climatology=fmean(past[each] for each in both) if past else None,
        inside=fmean(inside.values()) if inside else None,
    )
