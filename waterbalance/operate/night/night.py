"""What came of one night, as plain values: what its report, its status and its exit code are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from waterbalance.errors import Finding
    from waterbalance.operate.comparing.compared import Compared
    from waterbalance.operate.comparing.difference import Difference
    from waterbalance.operate.observing.expect import Expected
    from waterbalance.operate.observing.observe import Observed
    from waterbalance.operate.observing.opening import Opening
    from waterbalance.operate.observing.score import Score
    from waterbalance.operate.planning.ladder import Laddered
    from waterbalance.operate.planning.overriding import Override
    from waterbalance.report.lights import AreaLights
    from waterbalance.report.right_accounts import RightAccount
    from waterbalance.scenario.cap import Message

Outcome = Literal["sent", "unconfirmed", "waiting", "rehearsed", "past", "remainder", "fallback", "nothing"]
"""What became of the orders.

sent         every device has confirmed
unconfirmed  issued, and some device has not confirmed yet
waiting      somebody has to agree first; devices keep the rows of the plan before
rehearsed    the configuration does not send
past         the day is over: nothing is ever issued for it
remainder    there was no plan: what is left of the last one was issued
fallback     there was no plan: the devices' declared fallback was issued
nothing      there was no plan, and nothing was issued
"""


@dataclass(frozen=True)
class Issuance:
    """What became of the orders of a night."""

    outcome: Outcome
    plan: str | None = None
    """Hash of the plan."""

    commands: int = 0
    """New commands."""

    waits_for: tuple[Finding, ...] = ()
    """Why somebody has to look."""

    unconfirmed: tuple[str, ...] = ()
    """Devices."""

    untold: Mapping[str, str] = field(default_factory=dict)
    """Device -> its structure, of those that were never told anything although a plan was issued."""


@dataclass(frozen=True)
class Night:
    """One night; what a night that ended early did not come to is None or empty."""

    name: str
    """Of the job."""

    scenario: str
    day: dt.date
    """First day of the plan."""

    began_at: dt.datetime
    run: str
    issuance: Issuance
    observed: Observed | None = None
    opening: Opening | None = None
    expected: Expected | None = None
    laddered: Laddered | None = None
    overrides: tuple[Override, ...] = ()
    lights: tuple[AreaLights, ...] = ()
    """Of every supply area, with what was told last night."""

    alerts: tuple[Message, ...] = ()
    """What was told to others."""

    compared: Compared | None = None
    """What `differences` are from."""

    differences: tuple[Difference, ...] = ()
    scores: tuple[Score, ...] = ()
    accounts: tuple[RightAccount, ...] = ()
    missed: tuple[dt.date, ...] = ()
    """Days since the last night of which there was none."""

    store_lost: bool = False
    """Whether the store is new although earlier nights have left their results."""

    trouble: tuple[str, ...] = ()
    """What went wrong, the worst first; empty on a good night."""

    seconds: Mapping[str, float] = field(default_factory=dict)
    """Time of each stage. [s]"""

    exit_code: int = 0

    @property
    def rung(self) -> int:
        """Of the plan; 0 is the full one. A night without a plan has none below it and is told by its outcome."""
        return 0 if self.laddered is None else self.laddered.rung

    @property
    def good(self) -> bool:
        """Whether nobody has to look."""
        return self.exit_code == 0 and not self.trouble


def trouble_of(observed: Observed, opening: Opening) -> Iterator[str]:
    """What somebody should look at although there is a plan."""
    for component, quantity in observed.missing:
        yield f"nothing usable was measured of {component}.{quantity}, which is critical"
    yield from (f"the source {name} gave nothing" for name in observed.silent)
    yield from (str(jump) for jump in opening.jumps)


def exit_code_of(issuance: Issuance, rung: int, *, missing: bool = False) -> int:
    """Exit code of a night that came to its end; `missing`: whether a critical reading was."""
    by_outcome = {"remainder": 10, "fallback": 10, "nothing": 11, "waiting": 12, "unconfirmed": 69}
    return by_outcome.get(issuance.outcome, 10 if rung or missing else 0)
