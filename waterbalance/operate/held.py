"""A stop that is asked for before the job can take it, or after it is done. Next to nothing is loaded for it."""

from __future__ import annotations

import atexit
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


def hold() -> dict[int, object]:
    """From here on SIGTERM and SIGINT wait for `stoppable`; returns the handlers before. Only in the main thread of a process."""
    waiting = Waiting()
    return {number: signal.signal(number, waiting) for number in STOPS}


def give_back(before: dict[int, object]) -> None:
    """The handlers that were there before `hold`; while the interpreter ends, a stop does nothing: the exit code stands."""
    for number, handler in before.items():
        signal.signal(number, handler)  # type: ignore[arg-type]
    atexit.register(_deaf)


def _deaf() -> None:
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)
