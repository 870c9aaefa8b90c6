"""A semiconductor works: a steady demand, and a storage on site that bridges short cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from pydantic import model_validator

from waterbalance import units
from waterbalance.network.components._target import check_wanted, want_storage
from waterbalance.network.components._user import _User
from waterbalance.network.fields import Duration, UserClass, Volume

if TYPE_CHECKING:
    from waterbalance.horizon import Floats
    from waterbalance.network.ledger import Ledger
    from waterbalance.network.step import Step, Stock


class Fab(_User):
    """A works that uses water evenly and keeps some on site.

    storage = before + delivery - consumption - spill
    0 <= storage <= on_site_storage
    target_shortfall >= storage_target - storage
    storage + reserve_shortfall >= reserve x demand / days
    consumption + shortage = demand
    return_flow = return_fraction x consumption, which arrives at return_to after return_time

    Without a storage on site, delivery and consumption are the same. The demand is what the works takes in after its own
    recycling: how much that saves is the business of the demand's forecaster. A reserve is what stays in the tanks for an
    emergency, as far as they hold it: presets keep it before they serve industry, so that a drought does not drain it.
    """

    varying: ClassVar[tuple[str, ...]] = (*_User.varying, "storage_target")

    on_site_storage: Volume = 0.0
    """What the tanks on site hold together. [m3]"""

    storage_target: Volume = 0.0
    """Storage wanted at the end of a step; end conditions fill it for the last one. [m3]"""

    reserve: Duration = 0.0
    """Demand that the tanks keep for an emergency; soft, and measured. [day]"""

    user_class: UserClass = "industry"
    """Class for policies and reports."""

    @model_validator(mode="after")
    def _a_reserve_stands_in_tanks(self) -> Self:
        if self.reserve > 0 and self.on_site_storage == 0:
            raise ValueError("a reserve needs an on_site_storage to stand in")
        return self

    def formulate(self, step: Step) -> None:
        """Like every user, with the tanks between delivery and consumption."""
        super().formulate(step)
        if self.on_site_storage > 0:
            storage = step.stock(self, "storage", upper=self.on_site_storage)
            want_storage(step, self, storage)
            self._say_reserve(step, storage)

    def _say_reserve(self, step: Step, storage: Stock) -> None:
        """What the tanks should keep, and what lacks of it."""
        if self.reserve > 0:
            reserve = step.derived(self, "reserve_volume", self._reserve_volume, step.given(self, "demand"), step.days)
            lacking = step.flow(self, "reserve_shortfall", unit=units.VOLUME)
            step.constraint(self, "reserve", storage + lacking >= reserve)
            step.measure(self, "reserve_shortfall", lacking)

    def _reserve_volume(self, demand: Floats, days: Floats) -> Floats:
        """So many days of the step's own demand, as far as the tanks hold it. [m3]."""
        return np.minimum(self.on_site_storage, self.reserve * demand / days)

    def check(self, ledger: Ledger) -> None:
        """Like every user; the tanks hold what they can, and the audit adds up what they gain and lose."""
        super().check(ledger)
        if self.on_site_storage > 0:
            storage = ledger.value(self, "storage")
            ledger.within(self, "storage", storage, 0.0, self.on_site_storage)
            check_wanted(ledger, self, storage)
            ledger.stores(self, storage, ledger.before(self, "storage"))
            if self.reserve > 0:
                kept = np.minimum(self.reserve * ledger.given(self, "demand") / ledger.horizon.days, self.on_site_storage)
                lacking = np.maximum(0.0, kept - storage)
                ledger.within(self, "reserve_shortfall", ledger.value(self, "reserve_shortfall"), lacking, np.inf)
