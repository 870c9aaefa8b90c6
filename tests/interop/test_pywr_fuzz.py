"""Models with something spoilt at random are carried over or refused, and never break the import."""

import json
import random
from contextlib import suppress
from pathlib import Path

import pytest

from interop.pywr_cases import FOLDER, cases
from interop.spoiling import spoil
from shared_data import needs_shared
from waterbalance.errors import InputError
from waterbalance.interop.pywr.import_model import carry


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
