"""Tables of a model: CSV files in which names of rows and columns lead to a number, or to a list of numbers."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import UncarriedError
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr2.checksum import require_checksum
from waterbalance.interop.pywr2.document import guess, items_of, type_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from waterbalance.interop.pywr.data_files import DataFiles

MOST_NAMES = 4
"""Most rows or columns of a file that are names."""


@dataclass(frozen=True)
class Table:
    """Names -> the number or the numbers under them."""

    values: Mapping[tuple[str, ...], Sequence[str]]
    is_array: bool
    place: str

    def lookup(self, names: tuple[str, ...], place: str, file: str) -> list[float]:
        """The numbers under names. Raises `InputError` where there are none."""
        if names not in self.values:
            known = [", ".join(each) for each in self.values]
            found, remedy = ", ".join(names), guess(", ".join(names), known, "Mend 'row' and 'column'.")
            raise refusal(file, place, "the table has no such row or column", repr(found), f"a name in {self.place}", remedy)
        try:
            numbers = [float(each) for each in self.values[names]]
        except ValueError:
            numbers = [math.nan]
        if not all(map(math.isfinite, numbers)):
            raise refusal(file, place, "the table has text where a number belongs", shown(self.values[names]), "numbers")
        return numbers


class Tables:
    """The tables that a model names in `network.tables`, each read once."""

    def __init__(self, network: Mapping[str, Any], files: DataFiles, file: str) -> None:
        self._told = {name: (place, data) for place, name, data in items_of(network, "tables", file)}
        self._files = files
        self._file = file
        self._read: dict[str, Table] = {}

    def number(self, data: Mapping[str, Any], place: str) -> float:
        """The number of a mapping with `table`, `row` and `column`."""
        (found, *more) = self._lookup(data, place)
        if more:
            raise refusal(self._file, place, "the table gives several numbers where one is wanted", str(len(more) + 1), "one")
        return found

    def numbers(self, data: Mapping[str, Any], place: str) -> list[float]:
        """The numbers of a mapping with `table`, `row` and `column`."""
        return self._lookup(data, place)

    @staticmethod
    def names(data: Mapping[str, Any]) -> tuple[str, ...]:
        """Names of the row, and then of the column, that a mapping asks for."""
        told = [data.get(word) for word in ("row", "column")]
        return tuple(str(name) for each in told if each is not None for name in (each if isinstance(each, list) else [each]))

    def _lookup(self, data: Mapping[str, Any], place: str) -> list[float]:
        name = data.get("table")
        if not isinstance(name, str) or name not in self._told:
            remedy = guess(name, self._told, "Add it to 'tables'.")
            raise refusal(self._file, place, "there is no such table", shown(name), "a name of 'tables'", remedy)
        if name not in self._read:
            self._read[name] = self._table(*self._told[name])
        return self._read[name].lookup(self.names(data), place, self._file)

    def _table(self, place: str, data: Mapping[str, Any]) -> Table:
        kind, url, lookup = data["type"], data.get("url"), data.get("lookup")
        if kind not in {"Scalar", "Array"}:
            raise UncarriedError(f"tables of type {kind!r} have no counterpart", "Use a table of type Scalar or Array.")
        self._files.require_inside(url, f"{place}.url")
        if not str(url).lower().endswith((".csv", ".txt")):
            raise UncarriedError(f"tables in files such as {shown(url)} are not read", "Save the table as CSV.")
        names = {word: self._count(lookup, word, place) for word in ("rows", "cols")}
        content = self._files.content(url, f"{place}.url")
        require_checksum(content, data.get("checksum"), place, self._file)
        try:
            rows = [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) if row]
        except (UnicodeDecodeError, csv.Error):
            raise refusal(self._file, place, "the file is not CSV in UTF-8", shown(url), "CSV (RFC 4180)") from None
        if len({len(row) for row in rows}) != 1 or len(rows) < 2:
            raise refusal(self._file, place, "the table has no rows, or some of other lengths", shown(url), "a table")
        values = _values(rows, names["rows"], names["cols"], is_array=kind == "Array")
        return Table({key: tuple(each.strip() for each in found) for key, found in values.items()}, kind == "Array", place)

    def _count(self, lookup: object, word: str, place: str) -> int:
        """How many rows or columns of the file are names."""
        kind = type_of(lookup)
        wanted = {"Row": ("cols",), "Col": ("rows",), "Both": ("rows", "cols")}.get(str(kind), ())
        count = lookup.get(word) if isinstance(lookup, dict) and word in wanted else 0
        if not wanted or not isinstance(count, int) or not (word in wanted) <= count <= MOST_NAMES:
            allowed = "{type: Row, cols: 1}, {type: Col, rows: 1} or {type: Both, rows: 1, cols: 1}"
            raise refusal(self._file, f"{place}.lookup", "this is no way to look up", shown(lookup), allowed)
        return count


def _values(
    rows: Sequence[Sequence[str]], names_above: int, names_left: int, *, is_array: bool
) -> Mapping[tuple[str, ...], Sequence[str]]:
    """What stands under the names; without names above, the first row is a heading that says nothing."""
    head, body = rows[: names_above or 1], rows[names_above or 1 :]
    if not names_above:
        return {tuple(row[:names_left]): (row[names_left:] if is_array else row[names_left : names_left + 1]) for row in body}
    columns = range(names_left, len(rows[0]))
    above = {column: tuple(row[column] for row in head) for column in columns}
    if not names_left:
        return {above[column]: [row[column] for row in (body if is_array else body[:1])] for column in columns}
    return {(*row[:names_left], *above[column]): [row[column]] for row in body for column in columns}
