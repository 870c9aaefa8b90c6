"""Running HiGHS so that a signal is heard while it works: Python's own handlers wait for the end of a foreign call.

Where somebody listens for a signal, HiGHS works in a thread beside. A handler that raises ends the search where it stands; one
that does not changes nothing. The path of the search is the same: looking whether it shall end decides nothing else.
"""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGALRM") if hasattr(signal, name))


def run(highs: Any) -> None:  # noqa: ANN401 (the binding is partly typed)
    """`highs.run()`; raises what a signal's handler raises meanwhile."""
    if not _is_heard():
        highs.run()
        return
    ended = threading.Event()

    def look(event: Any) -> None:  # noqa: ANN401
        if ended.is_set():
            event.interrupt()

    for asks in ("cbMipInterrupt", "cbSimplexInterrupt", "cbIpmInterrupt"):
        getattr(highs, asks).subscribe(look)
    try:
        with ThreadPoolExecutor(1, thread_name_prefix="highs") as beside:
            work = beside.submit(highs.run)
            try:
                work.result()
            except BaseException:
                ended.set()
                raise
    finally:
        for asks in ("cbMipInterrupt", "cbSimplexInterrupt", "cbIpmInterrupt"):
            getattr(highs, asks).unsubscribe(look)


def _is_heard() -> bool:
    listens = any(callable(signal.getsignal(number)) for number in _SIGNALS)
    return listens and threading.current_thread() is threading.main_thread()
