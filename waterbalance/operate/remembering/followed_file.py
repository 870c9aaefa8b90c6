"""Orders that gates followed before a run, as a file of the run: turns go on from them."""

from __future__ import annotations

import datetime as dt
import json

from waterbalance.operate.planning.scheduled import Followed
from waterbalance.schedule.schedule import Schedule


def followed_bytes(followed: Followed) -> bytes:
    """Ready to be kept."""
    until = None if followed.until is None else followed.until.isoformat()
    return json.dumps({"until": until, "orders": followed.orders.to_dict()}, ensure_ascii=False).encode()


def followed_from(content: bytes) -> Followed:
    """What `followed_bytes` has written; volumes are rounded as in every schedule that is read."""
    told = json.loads(content)
    until = None if told["until"] is None else dt.time.fromisoformat(told["until"])
    return Followed(Schedule.from_dict(told["orders"]), until)
