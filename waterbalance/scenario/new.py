"""A small commented scenario to begin with, for `waterbalance new`."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from waterbalance.errors import Finding, InputError, Place

STARTER = "starter"
"""Folder of this package that holds the files of a new scenario."""


def new_scenario(path: str | Path) -> tuple[Path, ...]:
    """Write a starter scenario into a new or empty folder; it passes `check` and can be run at once.

    Returns the files written. Raises `InputError` where something is there already, or cannot be written.
    """
    folder = Path(path)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise _refusal(folder, "something is there already", "Name a new folder.")
    written = []
    try:
        for name in ("scenario.yaml", "tables/inflow.csv", "tables/storages.csv"):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(files(__package__).joinpath(STARTER, name).read_text(encoding="utf-8"), encoding="utf-8")
            written.append(target)
    except OSError as error:
        raise _refusal(folder, str(error.strerror), "Name a folder that you may write to.") from None
    return tuple(written)


def _refusal(folder: Path, found: str, remedy: str) -> InputError:
    finding = Finding("a new scenario cannot be written here", Place(str(folder)), found, "a new or empty folder", remedy)
    return InputError("no scenario was written", (finding,))
