"""Time series of a model, read from tables in its folder and brought to its steps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import UncarriedError
from waterbalance.interop.pywr.series import chosen_column, on_steps
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr2.checksum import require_checksum
from waterbalance.interop.pywr2.document import guess, items_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import pandas as pd

    from waterbalance.interop.pywr.data_files import DataFiles
    from waterbalance.interop.pywr.steps import Combination, Steps

_READ = ("pandas", "polars")
_KEYWORDS = ("dayfirst", "sep", "delimiter", "header", "skiprows", "comment", "thousands", "decimal", "usecols", "sheet_name")


class TimeSeries:
    """The series that a model names, each table read once."""

    def __init__(self, network: Mapping[str, Any], files: DataFiles, file: str) -> None:
        sections = (each for word in ("timeseries", "time_series") for each in items_of(network, word, file))
        self._told = {name: (place, data) for place, name, data in sections}
        self._files = files
        self._file = file
        self._read: dict[str, pd.DataFrame | pd.Series] = {}

    def values(
        self, data: Mapping[str, Any], steps: Steps, combination: Combination, place: str
    ) -> tuple[str, Mapping[dt.date, float]]:
        """Name and values of the column that a mapping with `name` and `columns` asks for, one for each step.

        Raises `UncarriedError` where the table cannot be read here, `InputError` where it is not there.
        """
        name = data.get("name")
        if not isinstance(name, str) or name not in self._told:
            remedy = guess(name, self._told, "Add it to 'timeseries'.")
            raise refusal(self._file, place, "there is no such time series", shown(name), "a name of 'timeseries'", remedy)
        if name not in self._read:
            self._read[name] = self._frame(*self._told[name])
        column, member = self._column(data.get("columns"), combination, place)
        chosen = chosen_column(self._read[name], {} if column is None else {"column": column}, member)
        try:
            values = on_steps(chosen.astype(float).sort_index(), steps, from_date_on=True)
        except (TypeError, ValueError):
            raise refusal(self._file, place, "the column holds text", shown(chosen.name), "numbers") from None
        missing = [edge for edge in steps.edges[:-1] if not math.isfinite(values.get(edge, math.nan))]
        if missing:
            found = f"steps without a value: {len(missing)}, the first on {missing[0]}"
            what, allowed = "the series does not cover the model's steps", "a value for each step"
            raise refusal(self._file, place, what, found, allowed, "Extend it.")
        return f"{name} {chosen.name}", values

    def _column(self, told: object, combination: Combination, place: str) -> tuple[str | None, int | None]:
        """The name of the column, or the member of a scenario whose column it is; neither where there is only one."""
        if told is None:
            return None, None
        name = told.get("name") if isinstance(told, dict) else None
        if isinstance(told, dict) and isinstance(name, str):
            if told.get("type") == "Column":
                return name, None
            if told.get("type") == "Scenario" and name in combination.members:
                return None, combination.members[name]
        known = ", ".join(combination.members) or "none"
        allowed = f"{{type: Column, name: column}}, or {{type: Scenario, name: group}} with a group of {known}"
        raise refusal(self._file, f"{place}.columns", "there are no such columns", shown(told), allowed)

    def _frame(self, place: str, data: Mapping[str, Any]) -> pd.DataFrame | pd.Series:
        kind = data["type"].lower()
        if kind not in _READ:
            what = f"time series of type {data['type']!r} are not read"
            raise UncarriedError(what, "The nearest is Pandas or Polars with a CSV file.")
        url = data.get("url", data.get("path"))
        require_checksum(self._files.content(url, f"{place}.url"), data.get("checksum"), place, self._file)
        keywords = data.get("kwargs") or {}
        if not isinstance(keywords, dict):
            raise refusal(self._file, f"{place}.kwargs", "the options are no mapping", shown(keywords), "{dayfirst: true}")
        unread = [word for word in keywords if word not in _KEYWORDS and word not in {"infer_schema_length", "try_parse_dates"}]
        if unread:
            raise UncarriedError(f"the option {unread[0]!r} of a time series is not read", f"Use {', '.join(_KEYWORDS)}.")
        words: dict[str, Any] = {"url": url, "index_col": data.get("time_col") or 0, "parse_dates": True, **keywords}
        return self._files.frame({"dayfirst": kind == "polars", **words}, place)
