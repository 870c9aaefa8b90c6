"""How long `issue` takes over the audit log of 100,000 lines; `python tests/benchmarks/long_audit_log.py [lines]`.

Times are read by people and never asserted.
"""

import datetime as dt
import sys
import tempfile
import time
from pathlib import Path

from waterbalance.store.agreement import disagreements, require_told
from waterbalance.store.audit_log import Event, append
from waterbalance.store.database import open_store
from waterbalance.store.plans import NewPlan, approve, record

AT = dt.datetime(2026, 11, 26, 4, tzinfo=dt.UTC)


def main(lines: int) -> None:
    """One plan in the middle of a long log."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'store.sqlite'}")
        for half in range(2):
            with store.writing() as connection:
                events = (
                    Event("engine", "confirmed", f"command {half} {number}", {"detail": "accepted"})
                    for number in range(lines // 2)
                )
                append(connection, AT, *events)
                if half == 0:
                    plan = record(connection, NewPlan("works", "2026-11-26", AT, AT, {"commands": []}), {}, "nightly", AT)
                    approve(connection, plan, "chen", AT)
        with store.reading() as connection:
            begin = time.perf_counter()
            require_told(connection, plan)
            one = time.perf_counter() - begin
            begin = time.perf_counter()
            assert disagreements(connection) == ()
            print(f"{lines} lines: one plan {one * 1000:.1f} ms, the whole store {time.perf_counter() - begin:.2f} s")
        store.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
