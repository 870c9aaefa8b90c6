"""Works that make used water fit for industry again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from pydantic import model_validator

from waterbalance.network.components._plant import _Plant
from waterbalance.network.fields import Downstream, Fraction

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Flow, Step


class ReclaimedWorks(_Plant):
    """A source of reclaimed water: as much as its lines make, or as the used water allows that reaches it.

    taken = production + brought
    production <= capacity x availability

    and with effluent_to, where what is brought is used water:

    taken = production
    production <= recovery x sewered_share x sewage
    effluent = sewage - production

    where
        sewage: what users return here (their return_to names the works) and pipes bring.

    With effluent_to no water is made: what is reclaimed is missing in the river below, and where households are rationed
    there is less to reclaim. Without it the used water is taken to be plentiful. With a minimum load, a minimum time or a
    start-up cost the works are switched like a `desalination_plant`.
    """

    varying: ClassVar[tuple[str, ...]] = (*_Plant.varying, "sewered_share")

    effluent_to: Downstream | None = None
    """Where the used water goes that is not reclaimed; used water is not reckoned when left out."""

    recovery: Fraction = 1.0
    """Share of the collected used water that becomes reclaimed water. [-]"""

    sewered_share: Fraction = 1.0
    """Share of the used water that sewers collect; the rest goes to effluent_to. [-]"""

    @model_validator(mode="after")
    def _used_water_has_a_way_out(self) -> Self:
        if self.effluent_to is None and (self.recovery < 1 or self.sewered_share < 1):
            raise ValueError("recovery and sewered_share count where effluent_to says where the rest of the used water goes")
        return self

    def formulate(self, step: Step) -> None:
        """See the class for the equations."""
        production = self.say_production(step)
        if self.effluent_to is not None:
            self._say_sewage(step, production, self.effluent_to)
        else:
            step.gain(self, "production", production)

    def _say_sewage(self, step: Step, production: Flow, effluent_to: str) -> None:
        """What sewers bring limits what is produced, and what is left goes on."""
        sewage = step.arriving(self, "sewage")
        effluent = step.flow(self, "effluent")
        share = step.derived(self, "reclaimed_share", self._reclaimed_share, step.given(self, "sewered_share"))
        step.constraint(self, "sewage", production <= share * sewage)
        step.constraint(self, "effluent", effluent == sewage - production)
        step.loss(self, "effluent", effluent)
        step.gain(self, "effluent", effluent, at=effluent_to)
        step.measure(self, "sewage", sewage)

    def _reclaimed_share(self, sewered_share: Floats) -> Floats:
        """What can be made of a cubic metre of used water. [-]."""
        return self.recovery * sewered_share

    def check(self, ledger: Ledger) -> None:
        """Production within what is available, and within the used water that came."""
        production = self.check_production(ledger)
        if self.effluent_to is None:
            ledger.gains(self, production)
            return
        sewage = ledger.value(self, "sewage")
        ledger.equal(self, "sewage", sewage, ledger.brought(self))
        collected = ledger.given(self, "sewered_share") * sewage
        ledger.within(self, "production of used water", production, 0.0, self.recovery * collected)
        effluent = sewage - production
        ledger.equal(self, "effluent", ledger.value(self, "effluent"), effluent)
        ledger.within(self, "effluent", effluent, 0.0, np.inf)
        ledger.loses(self, effluent)
        ledger.gains(self.effluent_to, effluent)
