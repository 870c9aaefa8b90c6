"""Models with something spoilt at random."""

import copy
import random
from collections.abc import Iterator
from typing import Any

NOTHING = object()
"""Take it out."""

SPOILT: tuple[object, ...] = (
    *[NOTHING] * 4,
    *(None, True, -1, 0, 3.5, 1e30, "x", "", "../x", "controlcurve", [], {}, [1], [[1]], [None], {"type": "x"}, {"type": None}),
    *({"type": "dataframe"}, {"type": "monthlyprofile"}, {"type": "controlcurve"}, {"url": "x.csv"}, {"table": "x"}),
)


def places(value: object, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands; of long lists only the beginning."""
    inside = value.items() if isinstance(value, dict) else enumerate(value[:20]) if isinstance(value, list) else ()
    for key, each in inside:
        yield (*place, key)
        yield from places(each, (*place, key))


def spoil(model: dict[str, Any], chance: random.Random, spoilt: tuple[object, ...] = SPOILT) -> None:
    """One value is another one, or none."""
    place = chance.choice(list(places(model)))
    holder: Any = model
    for key in place[:-1]:
        holder = holder[key]
    value = chance.choice(spoilt)
    if value is NOTHING:
        del holder[place[-1]]
    else:
        holder[place[-1]] = copy.deepcopy(value)
