"""A night as a process of its own that stands still in one of its stages until somebody ends it.

    python stopped_night.py CONFIG STAGE begin|end

It tells `ready` when it stands: at the beginning of the stage, or when all that the stage does is done. STAGES `start` and `load`
are moments while the program is loaded, before its commands are and before anything is read; there it stands for a second only.
"""

import contextlib
import sys
import time
from collections.abc import Iterator
from importlib.abc import MetaPathFinder

from waterbalance import cli
from waterbalance.operate.configuring.stages import Stage, Stages

CONFIG, STAGE, WHERE = sys.argv[1:]

one_stage = Stages.stage


def stand_still() -> None:
    print("ready", flush=True)  # noqa: T201 (a program for a test)
    # In short sleeps: a signal that comes just before one begins is heard after it.
    for _ in range(1200):
        time.sleep(0.1)


@contextlib.contextmanager
def stage(self: Stages, name: Stage) -> Iterator[None]:
    with one_stage(self, name):
        if (name, WHERE) == (STAGE, "begin"):
            stand_still()
        yield
        if (name, WHERE) == (STAGE, "end"):
            stand_still()


class Loading(MetaPathFinder):
    """Stands still where the configuration's module is looked for."""

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == {"start": "waterbalance.cli.commands", "load": "waterbalance.operate.signals"}[STAGE]:
            print("ready", flush=True)  # noqa: T201 (a program for a test)
            time.sleep(1)


if STAGE in {"start", "load"}:
    sys.meta_path.insert(0, Loading())
Stages.stage = stage  # type: ignore[method-assign]
sys.argv = ["waterbalance", "nightly", CONFIG, "--log", "json"]
cli.main()
