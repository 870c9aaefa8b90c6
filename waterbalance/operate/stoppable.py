"""A stop that is asked for (SIGTERM, SIGINT) is a clean one, from the first moment to the last.

held back    while the program is loaded (`held.py`: from its first line), and while the end of a night is told: a stop waits
stoppable    while the night is done: a stop raises where it stands, one that has waited at once

Signals only work in the main thread of a process. This file loads nothing heavy: it is in effect before all that is.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, TryLaterError
from waterbalance.operate.held import STOPS, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


class StoppedError(TryLaterError):
    """Somebody told the job to end."""


@contextmanager
def held_back() -> Iterator[None]:
    """While this runs, SIGTERM and SIGINT wait for `stoppable`; those that come after it find the job done, and do nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    if isinstance(signal.getsignal(signal.SIGTERM), Waiting):
        yield
        return
    with _handled_by(Waiting()):
        yield


@contextmanager
def stoppable() -> Iterator[None]:
    """While this runs, SIGTERM and SIGINT raise `StoppedError` where the job stands."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _frame: FrameType | None) -> None:
        raise StoppedError("the night was stopped", (Finding(f"signal {signal.Signals(number).name} came"),))

    waiting = signal.getsignal(signal.SIGTERM)
    with _handled_by(stop):
        if isinstance(waiting, Waiting) and waiting.came is not None:
            stop(waiting.came, None)
        yield


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in STOPS}
    try:
        yield
    finally:
        for number, each in before.items():
            signal.signal(number, each)
