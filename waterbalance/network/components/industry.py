"""The industry of one area: many works that take what they are given."""

from __future__ import annotations

from waterbalance.network.components._user import _User
from waterbalance.network.fields import UserClass


class Industry(_User):
    """The industry of one area, seen from its connection; a works with its own storage is a `fab`.

    delivery = consumption + spill
    consumption + shortage = demand
    return_flow = return_fraction x consumption, which arrives at return_to after return_time
    """

    user_class: UserClass = "industry"
    """Class for policies and reports."""
