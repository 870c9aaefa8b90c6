"""What is said of a unit that measures another kind of thing than the series: a volume where a flow is due."""

from __future__ import annotations

from waterbalance import units
from waterbalance.errors import UnitError
from waterbalance.scenario.measured import is_kind
from waterbalance.sources.series_settings import measure


def other_kind(unit: str, due: str) -> tuple[str, str, str] | None:
    """What is wrong, what is allowed, and the unit that was probably meant; None where the unit is of the kind that is `due`.

    >>> other_kind("Mm3", "m3/day")[2]
    'Mm3/day'
    """
    found = measure(unit).internal
    if is_kind(found, due):
        return None
    what = f"the unit is that of {units.describe(found)}, and the series is {units.describe(due)}"
    written = unit.strip()
    near = (f"{written}/day", written.removesuffix("/day"), written.removesuffix("/d"))
    return what, f"{units.describe(due)}, such as {units.examples(due)}", next(filter(lambda each: _is_of(each, due), near), due)


def _is_of(unit: str, due: str) -> bool:
    try:
        return is_kind(measure(unit).internal, due)
    except UnitError:
        return False
