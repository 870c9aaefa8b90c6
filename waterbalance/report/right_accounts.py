"""The account of each water right, as a table: what it allows, what meters tell, what is left."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 (values that are read back resolve their types)
from dataclasses import dataclass
from typing import TYPE_CHECKING

from waterbalance.report.section import Section

if TYPE_CHECKING:
    from collections.abc import Iterable

    from waterbalance.network.network import Network
    from waterbalance.report.language import Wording


@dataclass(frozen=True)
class RightAccount:
    """What a right allows, what was taken of it, and what is left."""

    right: str
    since: dt.date
    """First day that counts."""

    before: dt.date
    """The account stands at the midnight at which this day begins."""

    volume: float
    """What it allows within its window, or each period grants. [m3]"""

    metered: float
    """Use that meters tell. [m3]"""

    planned: float
    """Use of days without a meter, as planned. [m3]"""

    left: float
    """What may still be taken, below zero where it is overdrawn. [m3]"""


def right_accounts(accounts: Iterable[RightAccount], network: Network, say: Wording) -> Section:
    """The table in the reader's words."""
    columns = ("right", "since", "volume", "metered", "planned", "left")
    return Section(
        say("rights"),
        tuple(say(f"rights.column.{name}") for name in columns),
        tuple(
            (
                say.name(network, each.right),
                say.date(str(each.since)),
                *(say.volume(value) for value in (each.volume, each.metered, each.planned, each.left)),
            )
            for each in accounts
        ),
        words=2,
        note=say("rights.note"),
    )
