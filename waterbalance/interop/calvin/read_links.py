"""A link matrix from its file: all complaints at once, each with its line."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, Findings, InputError, Place
from waterbalance.interop.calvin.links import NO_BOUND, Links
from waterbalance.interop.calvin.read_nodes import read_nodes

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

NAMES = ("i", "j")
NUMBERS = ("k", "cost", "amplitude", "lower_bound", "upper_bound")

LARGEST_FILE = 2 * 1024**3
"""Most bytes of a matrix, unpacked: six times that of 82 years of CALVIN. [bytes]"""

_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_NAMES_ALLOWED = "1 to 200 characters in one line"

MOST_PIECES = 1_000_000

MOST_TOLD = 20
"""How many lines of one kind of mistake are told; the others are counted."""

_ADVICE = "Mend the matrix, or export it again."
_EXPECTED_FIELDS = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")


def read_links(path: Path) -> Links:
    """The matrix in a CSV file, packed by gzip where its name ends with .gz.

    Columns i, j, k, cost, amplitude, lower_bound, upper_bound; others are not looked at. Raises `InputError` with everything
    that is wrong: columns that lack, numbers that are none, limits that contradict, names and dates, links told twice.
    """
    frame = _table(path)
    findings = Findings()
    columns = {name: _numbers(path, frame[name], findings) for name in NUMBERS}
    count = len(frame)
    codes, unique = pd.factorize(np.concatenate([frame[name].to_numpy() for name in NAMES]))
    names = tuple(map(str, unique))
    source, target = codes[:count].astype(np.int64), codes[count:].astype(np.int64)
    unfit = np.array([_NAME.fullmatch(name) is None for name in names], dtype=bool)
    for column, places in zip(NAMES, (source, target), strict=True):
        _tell(path, frame, findings, unfit[places], f"{column} is no name of a node", (column,), _NAMES_ALLOWED)
    findings.raise_if_any(InputError, "the matrix cannot be read")
    _check_numbers(path, frame, columns, findings)
    piece = np.clip(columns["k"], 0, MOST_PIECES).astype(np.int64)
    twice = pd.DataFrame({"i": source, "j": target, "k": piece}).duplicated().to_numpy()
    _tell(path, frame, findings, twice, "the link and its piece stand there already", ("i", "j", "k"), "each piece once")
    nodes, dates = read_nodes(names, source, target, lambda *told: _tell(path, frame, findings, *told))
    findings.raise_if_any(InputError, "the matrix is not sound")
    lower, upper = columns["lower_bound"], columns["upper_bound"]
    return Links(
        nodes=nodes,
        dates=dates,
        source=source,
        target=target,
        piece=piece,
        cost=columns["cost"],
        gain=columns["amplitude"],
        lower=np.where(lower <= -NO_BOUND, -np.inf, lower),
        upper=np.where(upper >= NO_BOUND, np.inf, upper),
    )


def _table(path: Path) -> pd.DataFrame:
    """The columns as they stand there, numbers as text where one of them is none; raises where there are no such columns."""
    content = _content(path)
    try:
        frame = pd.read_csv(
            io.BytesIO(content),
            dtype=dict.fromkeys(NAMES, object),
            keep_default_na=False,
            skip_blank_lines=False,
            low_memory=False,
            encoding="utf-8-sig",
        )
    except UnicodeDecodeError:
        raise _refusal(path, "the file is not text in UTF-8", "other bytes", "UTF-8") from None
    except pd.errors.EmptyDataError:
        raise _refusal(path, "the file is empty", None, "a header and links") from None
    except pd.errors.ParserError as error:
        fields = _EXPECTED_FIELDS.search(str(error))
        if fields is None:
            raise _refusal(path, "this is no CSV table", str(error).split("error: ")[-1].strip(), "CSV (RFC 4180)") from None
        allowed, line, found = fields.groups()
        raise _refusal(path, "there are too many fields", found, allowed, int(line)) from None
    missing = [name for name in (*NAMES, *NUMBERS) if name not in frame]
    if missing:
        findings = [Finding(f"the column {name!r} lacks", Place(str(path), 1), remedy=_ADVICE) for name in missing]
        raise InputError("the matrix cannot be read", tuple(findings))
    if not isinstance(frame.index, pd.RangeIndex):
        raise _refusal(path, "there are more fields than names of columns", None, "a name for each", 2)
    told = np.flatnonzero((frame[list(NAMES)] != "").any(axis=1))
    if len(told) == 0:
        raise _refusal(path, "there are no links", None, "at least one")
    return frame.iloc[: told[-1] + 1]


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise _refusal(path, "there is no such file", None, "a CSV file, also packed as .csv.gz")
        with gzip.open(path) if path.name.endswith(".gz") else path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise _refusal(path, "the file cannot be read", str(error), "a readable file") from None
    if len(content) > LARGEST_FILE:
        raise _refusal(path, "the file is too large", "more", f"at most {LARGEST_FILE // 1024**2} MB")
    if b"\0" in content:
        raise _refusal(path, "the file is not text in UTF-8", "bytes that are zero", "UTF-8")
    return content


def _numbers(path: Path, column: pd.Series, findings: Findings) -> npt.NDArray[np.float64]:
    """A column as numbers; those that are none are told. Bounds may be infinite."""
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
    unfit = np.isnan(values) if str(column.name).endswith("_bound") else ~np.isfinite(values)
    if unfit.any():
        what = f"{column.name} is no number"
        _tell(path, pd.DataFrame({column.name: column}), findings, unfit, what, (str(column.name),), "a number")
    return values


def _check_numbers(path: Path, frame: pd.DataFrame, columns: dict[str, npt.NDArray[np.float64]], findings: Findings) -> None:
    piece, gain, lower, upper = (columns[name] for name in ("k", "amplitude", "lower_bound", "upper_bound"))
    for mask, what, shown, allowed in (
        ((piece != np.floor(piece)) | (piece < 0) | (piece > MOST_PIECES), "k is no number of a piece", ("k",), "0, 1, 2, ..."),
        (gain <= 0, "nothing of what leaves arrives", ("amplitude",), "an amplitude above 0"),
        (lower > upper, "the lower bound is above the upper one", ("lower_bound", "upper_bound"), "lower <= upper"),
        (lower >= NO_BOUND, "the lower bound is none", ("lower_bound",), f"below {NO_BOUND:.0e}"),
        (upper <= -NO_BOUND, "the upper bound is none", ("upper_bound",), f"above {-NO_BOUND:.0e}"),
    ):
        _tell(path, frame, findings, mask, what, shown, allowed)


def _tell(
    path: Path,
    frame: pd.DataFrame,
    findings: Findings,
    mask: npt.NDArray[np.bool_],
    what: str,
    shown: tuple[str, ...],
    allowed: str,
) -> None:
    """A finding for each line of a mask; beyond `MOST_TOLD` one that counts the others."""
    rows = np.flatnonzero(mask)
    for row in rows[:MOST_TOLD]:
        found = ", ".join(str(frame[name].iloc[row])[:80] or "nothing" for name in shown) or None
        findings.add(Finding(what, Place(str(path), int(row) + 2), found, allowed, _ADVICE))
    if len(rows) > MOST_TOLD:
        findings.add(Finding(f"{what}, in {len(rows) - MOST_TOLD} more lines", Place(str(path)), None, allowed, _ADVICE))


def _refusal(path: Path, what: str, found: str | None, allowed: str, line: int | None = None) -> InputError:
    return InputError("the matrix cannot be read", (Finding(what, Place(str(path), line), found, allowed, _ADVICE),))
