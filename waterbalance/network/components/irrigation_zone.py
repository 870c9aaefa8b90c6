"""Fields that are irrigated together, seen from the head of the zone."""

from __future__ import annotations

from waterbalance.network.components._user import _User
from waterbalance.network.fields import Area, UserClass


class IrrigationZone(_User):
    """Fields that are irrigated together; the demand is what the crops ask for at the head of the zone.

    delivery = consumption + spill
    consumption + shortage = demand
    return_flow = return_fraction x consumption, which arrives at return_to after return_time
    """

    area: Area
    """Irrigated area. [m2]"""

    user_class: UserClass = "agriculture"
    """Class for policies and reports."""
