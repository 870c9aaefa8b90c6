"""A night in a process of its own that is killed: python -m operate.night_child CONFIG MOMENT WORDS.

It dies (SIGKILL) with the last of so many words: stages that begin, transactions that begin or are about to end, files that are
about to be on the disk.
"""

import datetime as dt
import os
import signal
import sys
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine

from waterbalance.errors import WaterBalanceError
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.night.issue_tonight import Clock
from waterbalance.operate.nightly import nightly


def main(config: str, moment: str, words: int) -> int:
    """The night; returns its exit code where it came to its end before."""
    left, now, synced = [words], dt.datetime.fromisoformat(moment), os.fsync

    def word(*_: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_disk(handle: int) -> None:
        word()
        synced(handle)

    os.fsync = on_disk  # type: ignore[assignment]
    for name in ("begin", "commit"):
        event.listen(Engine, name, word)
    try:
        return nightly(read_night_settings(Path(config)), clock=Clock(lambda: now, lambda _: None), on_stage=word).exit_code
    except WaterBalanceError as error:
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
