"""The households and public uses of one supply area."""

from __future__ import annotations

from waterbalance.network.components._user import _User
from waterbalance.network.fields import UserClass


class HouseholdSupply(_User):
    """The households of one supply area, behind the treatment works; the demand includes the losses of the town's own pipes.

    delivery = consumption + spill
    consumption + shortage = demand
    return_flow = return_fraction x consumption, which arrives at return_to after return_time

    The return flow is the treated wastewater, where it comes back to the network. Industry on the same pipes is an
    `industry` of its own, so that policies can tell the two apart.
    """

    user_class: UserClass = "domestic"
    """Class for policies and reports."""
