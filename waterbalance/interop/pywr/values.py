"""Values of a model's parameters: numbers written out, or looked up in its tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from waterbalance.interop.pywr.carried import UncarriedError
from waterbalance.interop.pywr.steps import refusal, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from waterbalance.interop.pywr.data_files import DataFiles


class Tables:
    """The tables that a model names in `tables`, and those that its parameters name themselves."""

    def __init__(self, model: Mapping[str, Any], files: DataFiles, file: str) -> None:
        told = model.get("tables", {})
        if not isinstance(told, dict):
            raise refusal(file, "tables", "the tables are no mapping", shown(told), "{name: {url, index_col}}")
        self._told = told
        self._files = files
        self._file = file

    def frame(self, data: Mapping[str, Any], place: str) -> pd.DataFrame | pd.Series:
        """The table of a mapping with `table` or `url`."""
        name = data.get("table")
        if name is None:
            return self._files.frame(data, place)
        if not isinstance(name, str) or not isinstance(self._told.get(name), dict):
            raise refusal(self._file, place, "there is no such table", shown(name), ", ".join(self._told) or "none")
        return self._files.frame(
            {**self._told[name], **{word: data[word] for word in ("parse_dates",) if word in data}}, f"tables.{name}"
        )

    def array(self, data: Mapping[str, Any], place: str) -> np.ndarray:
        """An array of an HDF5 file."""
        return self._files.array(data, place)

    def lookup(self, data: Mapping[str, Any], place: str) -> float | list[float]:
        """One value, a row or a column: `index` (or `indexes`) and `column` of a table. Raises `UncarriedError` for none."""
        import pandas as pd  # noqa: PLC0415

        frame = self.frame(data, place)
        index = data.get("index", data.get("indexes"))
        column = data.get("column")
        try:
            found: Any = frame
            if index is not None:
                found = found.loc[tuple(index) if isinstance(index, list) else index]
            if column is not None:
                found = found[column]
            if isinstance(found, pd.DataFrame | pd.Series):
                values = found.to_numpy(dtype=float).ravel()
                return float(values[0]) if values.size == 1 else [float(each) for each in values]
            return float(found)
        except (KeyError, TypeError, ValueError, IndexError):
            what = f"the table has no row {index!r} and column {column!r}"
            raise UncarriedError(what, "Mend 'index', 'column' and 'index_col'.") from None

    def numbers(self, data: Mapping[str, Any], place: str, word: str = "values") -> list[float]:
        """The list of numbers under a word, or the row or column of a table."""
        if word in data:
            told = data[word] if isinstance(data[word], list) else [data[word]]
            return numbers(told, f"{place}.{word}", self._file)
        if "url" in data or "table" in data:
            found = self.lookup(data, place)
            return found if isinstance(found, list) else [found]
        raise refusal(self._file, place, f"the parameter has no {word!r}", "nothing", "a list of numbers, or a table")

    def matrix(self, data: Mapping[str, Any], place: str, word: str = "values") -> np.ndarray:
        """Rows of numbers under a word, or a whole table."""
        if word in data:
            rows = data[word]
            if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
                raise refusal(self._file, f"{place}.{word}", "these are no rows of numbers", shown(rows), "[[1, 2], [3, 4]]")
            found = [numbers(row, f"{place}.{word}", self._file) for row in rows]
            if len({len(row) for row in found}) != 1:
                raise refusal(self._file, f"{place}.{word}", "the rows have different lengths", shown(rows), "rows of one length")
            return np.array(found)
        frame = self.frame(data, place)
        try:
            return np.atleast_2d(frame.to_numpy(dtype=float))
        except (TypeError, ValueError):
            raise UncarriedError("the table holds text", "Name the column of row names with 'index_col'.") from None


def number(value: object, place: str, file: str) -> float:
    """One finite number. Raises `InputError` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise refusal(file, place, "a number is wanted", shown(value), "a finite number")
    return float(value)


def numbers(values: object, place: str, file: str) -> list[float]:
    """A list of finite numbers. Raises `InputError` for anything else."""
    if not isinstance(values, list):
        raise refusal(file, place, "a list of numbers is wanted", shown(values), "[1, 2, 3]")
    return [number(each, f"{place}[{place_}]", file) for place_, each in enumerate(values)]
