"""Old results leave the store, and their folders with them; so do what runs left that were killed, and old alerts."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import uuid
from typing import TYPE_CHECKING

from waterbalance.errors import Place
from waterbalance.report.atomic import writing
from waterbalance.sources.cap.alert_source import read_all
from waterbalance.store.expiry import expirable, expire, known_runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from waterbalance.store.database import Store
    from waterbalance.store.keep_settings import KeepSettings


def forget(store: Store, settings: KeepSettings, now: dt.datetime, results: Path | None = None) -> dict[str, int]:
    """Remove the folders of old runs from `results`, then the rows; returns how many rows of each table went.

    Folders go first: a run that is still told in the store can be looked for again. Raises `OutputError` where one cannot go.
    """
    if results is not None:
        with store.reading() as connection:
            gone = expirable(connection, settings, now)
        _remove(results / run for run in gone if (results / run).is_dir())
    with store.writing() as connection:
        return expire(connection, settings, now)


def forget_strays(store: Store, scenario: str, settings: KeepSettings, now: dt.datetime, results: Path) -> None:
    """Remove old folders of runs that the store does not know; those of other scenarios stay. Raises `OutputError`."""
    with store.reading() as connection:
        known = known_runs(connection)
    before = (now - dt.timedelta(days=settings.results)).timestamp()
    _remove(
        folder
        for folder in (results.iterdir() if results.is_dir() else ())
        if folder.name not in known and _is_run(folder) and _last_written(folder) < before and _whose(folder) in {None, scenario}
    )


def forget_alerts(folder: Path, sender: str, settings: KeepSettings, now: dt.datetime) -> None:
    """Remove messages of a sender that ended long ago; others, and what cannot be read, stay. Raises `OutputError`."""
    before = now - dt.timedelta(days=settings.alerts)
    files = sorted(folder.glob("*.xml")) if folder.is_dir() else ()
    with writing(folder):
        for each in read_all((Place(str(file)), file.read_bytes()) for file in files).messages:
            if each.sender == sender and (each.expires or each.sent) < before:
                for end in ("published", "xml"):
                    (folder / f"{each.identifier}.{end}").unlink(missing_ok=True)


def _remove(folders: Iterator[Path]) -> None:
    for folder in folders:
        with writing(folder):
            shutil.rmtree(folder)


def _is_run(folder: Path) -> bool:
    """Whether it has the name of a run."""
    try:
        return folder.is_dir() and not folder.is_symlink() and str(uuid.UUID(folder.name)) == folder.name
    except ValueError:
        return False


def _last_written(folder: Path) -> float:
    return max(each.stat().st_mtime for each in (folder, *folder.iterdir()))


def _whose(folder: Path) -> str | None:
    """The scenario of a run; None where it was killed before it said so."""
    for name in ("manifest.json", "night.json", "summary.json"):
        try:
            return str(json.loads((folder / name).read_text(encoding="utf-8"))["scenario"])
        except (OSError, ValueError, LookupError, TypeError):
            continue
    return None
