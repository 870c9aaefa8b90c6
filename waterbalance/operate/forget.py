"""Old results leave the store, and their folders with them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from waterbalance.report.atomic import writing
from waterbalance.store.expiry import expirable, expire

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from waterbalance.store.database import Store
    from waterbalance.store.expiry import KeepSettings


def forget(store: Store, settings: KeepSettings, now: dt.datetime, results: Path | None = None) -> dict[str, int]:
    """Remove the folders of old runs from `results`, then the rows; returns how many rows of each table went.

    Folders go first: a run that is still told in the store can be looked for again. Raises `OutputError` where one cannot go.
    """
    if results is not None:
        with store.reading() as connection:
            gone = expirable(connection, settings, now)
        for run in gone:
            if (results / run).is_dir():
                with writing(results / run):
                    shutil.rmtree(results / run)
    with store.writing() as connection:
        return expire(connection, settings, now)
