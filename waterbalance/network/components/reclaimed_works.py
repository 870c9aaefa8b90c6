"""Works that make used water fit for industry again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.network.components._plant import _Plant

if TYPE_CHECKING:
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step


class ReclaimedWorks(_Plant):
    """A source of reclaimed water that no drought touches.

    taken = production + brought
    production <= capacity x availability

    The used water that it treats is taken to be plentiful; where it is not, let its amount set the availability. With a
    minimum load, a minimum time or a start-up cost it is switched like a `desalination_plant`.
    """

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        self.say_production(step)

    def check(self, ledger: Ledger) -> None:
        """Production within what is available."""
        self.check_production(ledger)
