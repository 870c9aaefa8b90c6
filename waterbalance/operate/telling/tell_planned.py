"""What a night expects and plans, as plain values for its report."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from waterbalance.report.forecast_table import forecast_rows
from waterbalance.report.night.told import (
    AlertTold,
    AttemptTold,
    ClassAhead,
    ComparedTold,
    DifferenceTold,
    OverrideTold,
    SeriesAhead,
    StorageAhead,
)
from waterbalance.report.storages import storages
from waterbalance.report.supply import supply_by_class

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from waterbalance.horizon import Floats
    from waterbalance.operate.night.night import Night
    from waterbalance.operate.observing.expect import Expected
    from waterbalance.operate.planning.ladder import Laddered
    from waterbalance.report.planned import Planned
    from waterbalance.scenario.scenario import Scenario


def tell_planned(night: Night, scenario: Scenario) -> Mapping[str, object]:
    """Fields of `NightTold`: those of the forecasts, and those of the plan, where there are any."""
    told: dict[str, object] = {} if night.expected is None else dict(_expected(night.expected, scenario))
    if night.laddered is not None:
        told |= _laddered(night.laddered)
    return {
        **told,
        "lights": night.lights,
        "alerts": tuple(_alerts(night)),
        "compared": _compared(night),
        "differences": tuple(_differences(night)),
        "overrides": tuple(_overrides(night)),
    }


def _expected(expected: Expected, scenario: Scenario) -> Mapping[str, object]:
    forecasts = expected.forecasts
    rows = [each for each in forecast_rows(scenario, forecasts) if (each.component, each.quantity) in scenario.forecasts]
    series = (
        SeriesAhead(
            component=each.component,
            quantity=each.quantity,
            unit=each.unit,
            rung=expected.rungs.get((each.component, each.quantity), 0),
            label=each.label,
            members=each.members,
            filled=each.filled,
            notes=tuple(str(note) for note in each.notes),
            low=_plain(each.low),
            median=_plain(each.median),
            high=_plain(each.high),
            planned=_plain(each.planned),
        )
        for each in rows
    )
    return {"edges": forecasts.horizon.edges, "forecasts": tuple(series), "tables": len(forecasts.series) - len(rows)}


def _plain(values: Floats) -> tuple[float, ...]:
    return tuple(values.tolist())


def _laddered(laddered: Laddered) -> Mapping[str, object]:
    planned = laddered.planned
    attempts = (AttemptTold(rung=each.rung, came=each.came, why=each.why, seconds=each.seconds) for each in laddered.attempts)
    return {
        "planned": True,
        "rung": laddered.rung,
        "attempts": tuple(attempts),
        "storages": tuple(_storages(planned)),
        "supply": tuple(_supply(planned)),
    }


def _storages(planned: Planned) -> Iterator[StorageAhead]:
    for each in storages(planned):
        least_on = dt.date.fromisoformat(each.least_on)
        told = {"component": each.component, "start": each.start, "least": each.least, "end": each.end, "capacity": each.capacity}
        yield StorageAhead.model_validate({**told, "least_on": least_on})


def _supply(planned: Planned) -> Iterator[ClassAhead]:
    for each in supply_by_class(planned):
        yield ClassAhead(
            user_class=each.user_class,
            demand=each.demand,
            shortage=each.shortage,
            worst_period=None if each.worst_period is None else dt.date.fromisoformat(each.worst_period),
            worst_share=each.worst_share,
        )


def _compared(night: Night) -> ComparedTold | None:
    compared = night.compared
    return None if compared is None else ComparedTold(standing=compared.standing, start=compared.plan.horizon.start)


def _differences(night: Night) -> Iterator[DifferenceTold]:
    for each in night.differences:
        yield DifferenceTold(
            component=each.component,
            quantity=each.quantity,
            date=each.date,
            before=each.before,
            now=each.now,
            moved=each.moved,
        )


def _alerts(night: Night) -> Iterator[AlertTold]:
    for each in night.alerts:
        headlines = {one.language: one.headline or one.event for one in each.information}
        yield AlertTold(identifier=each.identifier, kind=each.kind, status=each.status, headlines=headlines, expires=each.expires)


def _overrides(night: Night) -> Iterator[OverrideTold]:
    for each in night.overrides:
        component, quantity = each.key
        yield OverrideTold(
            component=component,
            quantity=quantity,
            how=each.how,
            value=each.value,
            first=each.first,
            last=each.last,
            author=each.author,
            reason=each.reason,
        )
