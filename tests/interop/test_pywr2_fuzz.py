"""Models of Pywr 2 with something spoilt at random are carried over or refused, and never break the import."""

import json
import random
from contextlib import suppress
from pathlib import Path

import pytest

from interop.pywr2_cases import MODELS, cases
from interop.spoiling import SPOILT, spoil
from shared_data import needs_shared
from waterbalance.errors import InputError
from waterbalance.interop.pywr2.carry import carry_second

SPOILT_METRICS: tuple[object, ...] = (
    *SPOILT,
    {"type": "Literal", "value": "x"},
    {"type": "Literal"},
    {"type": "Node", "name": "demand1"},
    {"type": "Node", "name": "demand1", "attribute": "Volume"},
    {"type": "Parameter", "name": "demand"},
    {"type": "Timeseries", "name": "inflow"},
    {"type": "Table", "table": "scalar-row", "row": "C"},
    {"type": "Edge", "edge": {}},
    {"type": "LocalParameter", "name": "cost"},
    *("Storage", "Reservoir", "VirtualStorage", "Aggregated", "Rolling", "Delay", "Threshold", "MonthlyProfile", "Seasonal"),
)


@needs_shared
@pytest.mark.parametrize("seed", range(5))
def test_a_spoilt_model_is_carried_over_or_refused(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (the same mistakes every time)
    files = sorted({case["file"] for case in cases()})
    carried = 0
    for _ in range(300):
        path = Path(MODELS / chance.choice(files))
        model = json.loads(path.read_text(encoding="utf-8"))
        for _ in range(chance.randint(1, 3)):
            spoil(model, chance, SPOILT_METRICS)
        with suppress(InputError):
            carry_second(model, path)
            carried += 1
    assert 10 < carried < 290
