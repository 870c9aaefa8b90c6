"""How orders leave: how old a plan may be, how long a device is asked, and when nobody needs to agree."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from waterbalance.network.fields import Duration, Fraction

SECONDS = 1.0 / 86_400.0
"""A second in days."""


class AutomaticApproval(BaseModel):
    """The envelope inside of which a plan needs nobody's word; all of it must hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    greatest_change: Fraction = Field(gt=0)
    """How far the flow of a device may lie from what it is told today in the mean, as a share of the most that it may be
    told. [-]"""

    greatest_change_at_any_hour: Fraction | None = None
    """The same for ten minutes or longer at any hour; as `greatest_change` where it is not given. Wider where gates take
    turns. [-]"""

    greatest_shortage: Fraction = 0.0
    """Shortage of any user in a commanded step, as a share of its demand. [-]"""

    lowest_rung: int = Field(default=3, ge=0, le=5, strict=True)
    """How far down the ladder of plans it reaches; the previous plan shifted is 4, rule curves alone are 5."""

    after_lost_store: bool = Field(default=False, strict=True)
    """Whether it holds in a store that is new although earlier nights have left their results."""

    @property
    def at_any_hour(self) -> float:
        """What holds for every hour."""
        return self.greatest_change if self.greatest_change_at_any_hour is None else self.greatest_change_at_any_hour


class IssuingSettings(BaseModel):
    """The rules of issuing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    oldest_plan: Duration = Field(default=1.5, gt=0)
    """How long ago a plan may have been made when its commands leave. [day]"""

    greatest_clock_skew: Duration = Field(default=60 * SECONDS, gt=0)
    """How far a device's clock may be off; beyond it nothing is sent. [day]"""

    first_retry: Duration = Field(default=5 * SECONDS, gt=0)
    """Wait before the second attempt; it doubles with each one. [day]"""

    longest_retry: Duration = Field(default=600 * SECONDS, gt=0)
    """Longest wait between attempts. [day]"""

    patience: Duration = Field(default=2.0 / 24.0, gt=0)
    """How long a device is asked before the command is given up and somebody is called. [day]"""

    keepers_patience: Duration | None = Field(default=None, gt=0)
    """How long the receipt of a person is waited for; until the end of the first day of the order when left out. [day]"""

    lease: Duration = Field(default=120 * SECONDS, gt=0)
    """How long a sender may take for a command before another one does it. [day]"""

    approvals: int = Field(default=1, ge=1, le=5, strict=True)
    """How many people have to agree; none of them may issue."""

    automatic_approval: AutomaticApproval | None = None
    """Left out: somebody always has to agree."""
