"""Series of a model brought to its steps.

A step has the mean of the rows that lie in it; where rows are farther apart than steps, the last one up to the step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from waterbalance.interop.pywr.carried import UncarriedError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping

    import numpy.typing as npt
    import pandas as pd

    from waterbalance.horizon import Floats
    from waterbalance.interop.pywr.steps import Steps

    Dates = npt.NDArray[np.datetime64]

_FUNCTIONS: Mapping[str, Callable[[Floats], float]] = {
    "mean": np.mean,
    "sum": np.sum,
    "min": np.min,
    "max": np.max,
    "median": np.median,
    "first": lambda values: values[0],
    "last": lambda values: values[-1],
}


DAYS_OF_WEEK = 7


def on_steps(
    series: pd.Series, steps: Steps, function: str = "mean", offset: int = 0, *, from_date_on: bool = False
) -> Mapping[dt.date, float]:
    """Values by the first day of their step, for all steps that the series covers; `offset` looks so many steps ahead.

    Rows are of periods as pandas reads them, or hold from their date until the next one's, if they stand in their order.
    A step of which rows are missing has no value: Pywr, too, refuses rows that are not equally far apart.
    """
    import pandas as pd  # noqa: PLC0415

    if function not in _FUNCTIONS:
        raise UncarriedError(f"resampling by {function!r} is not known", f"Use one of {', '.join(_FUNCTIONS)}.")
    if not isinstance(series.index, pd.DatetimeIndex):
        values = series.to_numpy(dtype=float)
        return {edge: float(value) for edge, value in zip(steps.edges[:-1], values, strict=False)}
    _require_plain_dates(series.index)
    index = series.index if from_date_on else series.index.sort_values()
    starts, ends = _until_the_next(index) if from_date_on else _periods(index)
    values = series.loc[index].to_numpy(dtype=float)
    order = np.argsort(starts.to_numpy(), kind="stable")
    starts_np, ends_np, values = starts.to_numpy()[order], ends.to_numpy()[order], values[order]
    edges = np.array(steps.edges, dtype="datetime64[ns]")
    firsts, lasts = np.searchsorted(starts_np, edges[:-1]), np.searchsorted(starts_np, edges[1:])
    found: dict[dt.date, float] = {}
    for number, (first, last) in enumerate(zip(firsts.tolist(), lasts.tolist(), strict=True)):
        if last > first:
            found[steps.edges[number]] = float(_FUNCTIONS[function](values[first:last]))
        elif first > 0 and ends_np[first - 1] > edges[number]:
            found[steps.edges[number]] = float(values[first - 1])
    for number in _steps_with_gaps(starts_np, ends_np[order], edges):
        found.pop(steps.edges[number], None)
    return _moved(found, steps, offset)


def _steps_with_gaps(starts: Dates, ends: Dates, edges: Dates) -> Iterator[int]:
    """Numbers of the steps of which some time lies between the end of a row and the beginning of the next one."""
    for gap in np.flatnonzero(ends[:-1] < starts[1:]).tolist():
        first = np.searchsorted(edges, ends[gap], side="right") - 1
        last = np.searchsorted(edges, starts[gap + 1], side="left")
        yield from range(max(int(first), 0), min(int(last), len(edges) - 1))


def _require_plain_dates(index: pd.DatetimeIndex) -> None:
    if index.tz is not None:
        raise UncarriedError(f"the dates of the table have a time zone ({index.tz})", "Write local dates without one.")
    if index.has_duplicates:
        twice = index[index.duplicated()][0]
        raise UncarriedError(f"the table tells {twice} twice", "Leave one row of each date.")


def _moved(found: Mapping[dt.date, float], steps: Steps, offset: int) -> Mapping[dt.date, float]:
    if not offset:
        return found
    edges = steps.edges[:-1]
    last = len(edges) - 1
    return {
        edge: found[edges[min(max(number + offset, 0), last)]]
        for number, edge in enumerate(edges)
        if edges[min(max(number + offset, 0), last)] in found
    }


def _until_the_next(index: pd.DatetimeIndex) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex]:
    """Rows in their order: each holds until the next one's date, the last for as long as the one before it."""
    import pandas as pd  # noqa: PLC0415

    gap = index[-1] - index[-2] if len(index) > 1 else pd.Timedelta(days=1)
    return index, pd.DatetimeIndex([*index[1:], *(index[-1:] + gap)])


def _periods(index: pd.DatetimeIndex) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex]:
    """When what a row tells begins and ends, as pandas reads periods; rows are as long as the two nearest are apart.

    A month that is dated by its last day begins on its first; seven days that are dated by one day end with it.
    """
    import pandas as pd  # noqa: PLC0415

    one_day = pd.Timedelta(days=1)
    if len(index) == 1:
        return index, index + one_day
    months = np.diff(index.year * 12 + index.month)
    if months.min() > 0 and (index.is_month_end.all() or index.is_month_start.all()):
        count, month = int(months.min()), index.to_period("M")
        first = month + 1 - count if index.is_month_end.all() else month
        return first.start_time, (first + count).start_time
    apart = np.diff(index.to_numpy()).astype("timedelta64[D]").astype(int)
    if apart.min() == DAYS_OF_WEEK and not (apart % DAYS_OF_WEEK).any():
        return index - 6 * one_day, index + one_day
    return index, index + max(int(apart.min()), 1) * one_day


def chosen_column(
    frame: pd.DataFrame | pd.Series, data: Mapping[str, Any], member: int | None, what: str = "column"
) -> pd.Series:
    """The column that a model names, that of a member of a scenario, or the only one. Raises `UncarriedError` for none."""
    import pandas as pd  # noqa: PLC0415

    if isinstance(frame, pd.Series):
        return frame
    column = data.get("column")
    if column is not None:
        name = next((each for each in frame.columns if each == column or str(each) == str(column)), None)
        if name is None:
            known = ", ".join(map(str, frame.columns[:10]))
            raise UncarriedError(f"the table has no {what} {column!r}", f"It has {known}.")
        return frame[name]
    if member is not None:
        if member >= frame.shape[1]:
            raise UncarriedError(f"the table has {frame.shape[1]} columns for member {member}", "Add a column for each member.")
        return frame.iloc[:, member]
    if frame.shape[1] != 1:
        raise UncarriedError(f"the table has {frame.shape[1]} columns and none is named", "Name one with 'column'.")
    return frame.iloc[:, 0]
