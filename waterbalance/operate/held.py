"""A stop that is asked for before the job can take it, or after it is done. Nothing but `signal` is loaded for it."""

from __future__ import annotations

import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

STOPS = (signal.SIGTERM, signal.SIGINT)


class Waiting:
    """Takes a signal and keeps it."""

    def __init__(self) -> None:
        self.came: int | None = None

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        """As a handler of signals."""
        self.came = number


def hold() -> None:
    """From here on SIGTERM and SIGINT wait for `stoppable`. Only in the main thread of a process."""
    waiting = Waiting()
    for number in STOPS:
        signal.signal(number, waiting)


def deaf() -> None:
    """From here on SIGTERM and SIGINT do nothing: the job is done, and its exit code stands while the interpreter ends."""
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)
