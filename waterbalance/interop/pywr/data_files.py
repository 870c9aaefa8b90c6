"""Data files that a model names: csv, xlsx and HDF5, inside of the model's own folder and nowhere else."""

from __future__ import annotations

import gzip
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.carried import UncarriedError
from waterbalance.interop.pywr.steps import refusal, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

    from waterbalance.errors import InputError

LARGEST_FILE = 128 * 1024**2
"""Most bytes of a data file, also when unpacked. [bytes]"""

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_INSIDE = "a file inside of the model's folder, such as data/flow.csv"
_COPY = "Copy the file beside the model, and name it relative to it."

_CSV_WORDS = ("index_col", "header", "skiprows", "sep", "delimiter", "comment", "thousands", "decimal", "usecols", "names")
_EXCEL_WORDS = ("index_col", "header", "skiprows", "usecols", "names", "sheet_name")


class DataFiles:
    """Reads files for one import; every file once."""

    def __init__(self, model: Path) -> None:
        self._model = str(model)
        self._folder = model.parent
        self._read: dict[str, bytes] = {}

    def frame(self, data: Mapping[str, Any], place: str) -> pd.DataFrame | pd.Series:
        """The table that a mapping with `url` tells. Raises `InputError` where it cannot be had."""
        import pandas as pd  # noqa: PLC0415 (heavy)

        name = data.get("url")
        self.require_inside(name, place)
        ending = str(name).lower()
        if ending.endswith((".h5", ".hdf", ".hdf5")):
            return self._hdf_frame(data, place)
        if not ending.endswith((".csv", ".txt", ".gz", ".xlsx", ".xlsm")):
            raise UncarriedError(f"files such as {shown(name)} are not read", "Save the table as CSV.")
        content = self.content(name, place)
        try:
            if ending.endswith((".xlsx", ".xlsm")):
                words = {word: data[word] for word in _EXCEL_WORDS if word in data}
                frame = pd.read_excel(io.BytesIO(content), engine="openpyxl", **words)
            else:
                words = {word: data[word] for word in _CSV_WORDS if word in data}
                unpacked = _unpacked(content) if ending.endswith(".gz") else content
                frame = pd.read_csv(io.BytesIO(unpacked), **words)
        except ImportError:
            raise UncarriedError(f"{name} needs the extra 'excel'", "Install waterbalance[excel], or save it as CSV.") from None
        except Exception as error:  # noqa: BLE001 (pandas raises of all kinds on what it cannot read)
            raise self._refusal(place, "the table cannot be read", f"{name}: {str(error).splitlines()[0][:120]}") from None
        if isinstance(frame, dict):
            raise self._refusal(place, "the table has several sheets", str(name))
        return self._dated(frame, data, place)

    def array(self, data: Mapping[str, Any], place: str) -> np.ndarray:
        """An array of an HDF5 file: `where` and `node`."""
        return self._hdf_array(data.get("url"), f"{data.get('where', '/')}/{data.get('node', '')}", place)

    def content(self, name: object, place: str) -> bytes:
        """The bytes of a file in the model's folder."""
        if not isinstance(name, str) or not name.strip() or any(ord(character) < 32 for character in name):
            raise self._refusal(place, "this is not the name of a file", shown(name))
        if name not in self._read:
            self._read[name] = self._content(name, place)
        return self._read[name]

    def require_inside(self, name: object, place: str) -> None:
        """Raises `InputError` for an address and for a path out of the model's folder, whatever kind of file it names."""
        if not isinstance(name, str):
            return
        if _ADDRESS.match(name) or name.startswith(("//", "\\\\")):
            raise self._refusal(place, "an address stands where a file belongs", repr(name))
        parts = Path(name.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or name.startswith("~"):
            raise self._refusal(place, "the path leads out of the model's folder", repr(name))

    def _content(self, name: str, place: str) -> bytes:
        self.require_inside(name, place)
        parts = Path(name.replace("\\", "/"))
        try:
            real = (self._folder / parts).resolve(strict=True)
            if not real.is_relative_to(self._folder.resolve()):
                raise self._refusal(place, "the path leads out of the model's folder", f"{name!r}, a link")
            if not real.is_file():
                raise self._refusal(place, "this is not a file", repr(name))
            if real.stat().st_size > LARGEST_FILE:
                raise self._refusal(place, "the file is too large", f"more than {LARGEST_FILE // 1024**2} MB")
            return real.read_bytes()
        except (OSError, RuntimeError) as error:
            raise self._refusal(
                place, "the file cannot be read", f"{name!r} ({getattr(error, 'strerror', None) or error})"
            ) from None

    def _dated(self, frame: pd.DataFrame, data: Mapping[str, Any], place: str) -> pd.DataFrame:
        """The frame with days as its index where the model asks for that."""
        import pandas as pd  # noqa: PLC0415

        if not data.get("parse_dates"):
            return frame
        try:
            days = pd.to_datetime(frame.index.astype(str), dayfirst=_days_first(frame, data), format="mixed")
        except (ValueError, TypeError) as error:
            raise self._refusal(place, "the dates of the table cannot be read", str(error).splitlines()[0][:120]) from None
        return frame.set_axis(days, axis=0)

    def _hdf_frame(self, data: Mapping[str, Any], place: str) -> pd.DataFrame:
        """A frame as pandas stores it: in fixed blocks, or as one table."""
        file = self._hdf(data.get("url"), place)
        key = str(data.get("key") or next(iter(file), ""))
        group = self._member(file, key, place)
        if "table" in group:
            rows = self._values(group, "table", place)
            blocks = [rows[name].reshape(len(rows), -1) for name in rows.dtype.names or () if name.startswith("values_block")]
            if len(blocks) != 1:
                raise UncarriedError("an HDF5 table with columns of several types is not read", "Save the table as CSV.")
            return _frame(blocks[0], _days(rows["index"], group["table"].attrs.get("index_kind")))
        if "axis1" not in group or "block0_values" not in group or "block1_values" in group:
            raise UncarriedError("this form of an HDF5 table is not read", "Save the table as CSV.")
        columns = [
            each.decode() if isinstance(each, bytes) else each for each in self._values(group, "block0_items", place).tolist()
        ]
        values = self._values(group, "block0_values", place)
        kind = group["axis1"].attrs.get("kind")
        frame = _frame(values, _days(self._values(group, "axis1", place), kind), columns)
        order = [each.decode() if isinstance(each, bytes) else each for each in self._values(group, "axis0", place).tolist()]
        return frame.loc[:, order]

    def _hdf_array(self, name: object, path: str, place: str) -> np.ndarray:
        return self._values(self._hdf(name, place), path, place)

    def _values(self, group: Any, path: str, place: str) -> np.ndarray:  # noqa: ANN401
        """An array that is kept in the file itself, and in no other."""
        found = self._member(group, path, place)
        if not hasattr(found, "shape"):
            raise self._refusal(place, "the file has no such array", repr(path))
        if found.is_virtual or found.external:
            raise self._refusal(place, "the array is kept in another file", repr(path))
        if found.nbytes > LARGEST_FILE:
            raise self._refusal(place, "the array is too large", f"{found.nbytes} bytes")
        values: np.ndarray = found[()]
        return values

    def _member(self, group: Any, path: str, place: str) -> Any:  # noqa: ANN401
        """A group or array under a path without links to other files."""
        import h5py  # noqa: PLC0415

        for part in path.strip("/").split("/"):
            link = group.get(part, getlink=True) if part and hasattr(group, "keys") and part in group.keys() else None  # noqa: SIM118
            if isinstance(link, h5py.ExternalLink | h5py.SoftLink):
                raise self._refusal(place, "the path in the file is a link", repr(path))
            group = None if link is None else group[part]
            if group is None:
                raise self._refusal(place, "the file has no such key", repr(path))
        return group

    def _hdf(self, name: object, place: str) -> Any:  # noqa: ANN401 (h5py is untyped)
        try:
            import h5py  # noqa: PLC0415
        except ImportError:
            raise UncarriedError(f"{name} needs the extra 'hdf5'", "Install waterbalance[hdf5], or save it as CSV.") from None
        try:
            return h5py.File(io.BytesIO(self.content(name, place)), "r")
        except (OSError, ValueError):
            raise self._refusal(place, "the file is not HDF5", repr(name)) from None

    def _refusal(self, place: str, what: str, found: str) -> InputError:
        return refusal(self._model, place, what, found, _INSIDE, _COPY)


def _days_first(frame: pd.DataFrame, data: Mapping[str, Any]) -> bool:
    """Whether days stand before months; never where years stand first."""
    first = str(frame.index[0]) if len(frame) else ""
    return bool(data.get("dayfirst")) and not re.match(r"\d{4}", first)


def _frame(values: np.ndarray, index: pd.Index[Any], columns: list[Any] | None = None) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame(values, index=index, columns=columns)


def _days(index: np.ndarray, kind: object) -> pd.Index[Any]:
    """Nanoseconds since 1970 as days, where pandas has marked them so."""
    import pandas as pd  # noqa: PLC0415

    word = kind.decode() if isinstance(kind, bytes) else str(kind)
    return pd.DatetimeIndex(index) if word.startswith("datetime") else pd.Index(index)


def _unpacked(content: bytes) -> bytes:
    with gzip.open(io.BytesIO(content)) as file:
        unpacked = file.read(LARGEST_FILE + 1)
    if len(unpacked) > LARGEST_FILE:
        raise ValueError("the file is too large when unpacked")
    return unpacked
