"""Models with something spoilt at random are carried over or refused, and never break the import."""

import copy
import json
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from interop.pywr_cases import FOLDER, cases
from shared_data import needs_shared
from waterbalance.errors import InputError
from waterbalance.interop.pywr.import_model import carry

NOTHING = object()
"""Take it out."""

SPOILT = (
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


def spoil(model: dict[str, Any], chance: random.Random) -> None:
    """One value is another one, or none."""
    place = chance.choice(list(places(model)))
    holder: Any = model
    for key in place[:-1]:
        holder = holder[key]
    value = chance.choice(SPOILT)
    if value is NOTHING:
        del holder[place[-1]]
    else:
        holder[place[-1]] = copy.deepcopy(value)


@needs_shared
@pytest.mark.parametrize("seed", range(5))
def test_a_spoilt_model_is_carried_over_or_refused(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (the same mistakes every time)
    files = sorted({case["file"] for case in cases()})
    carried = 0
    for _ in range(300):
        path = Path(FOLDER / "models" / chance.choice(files))
        model = json.loads(path.read_text(encoding="utf-8"))
        for _ in range(chance.randint(1, 3)):
            spoil(model, chance)
        with suppress(InputError):
            carry(model, path)
            carried += 1
    assert 10 < carried < 290
