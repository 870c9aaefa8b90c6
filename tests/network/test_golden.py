"""What each type says in two steps, down to the last coefficient."""

import pytest

from network.example import Example
from network.examples import EXAMPLES
from network.golden_lp import GOLDEN, golden_lp
from waterbalance.network.component import component_types


def test_every_type_has_a_golden_lp_and_every_golden_lp_a_type() -> None:
    assert sorted(path.stem for path in GOLDEN.glob("*.lp")) == sorted(component_types())


@pytest.mark.parametrize(("kind", "example"), [pytest.param(kind, example, id=kind) for kind, example in EXAMPLES.items()])
def test_the_model_is_the_golden_one(kind: str, example: Example) -> None:
    golden = (GOLDEN / f"{kind}.lp").read_text(encoding="utf-8")
    assert golden_lp(kind, example).splitlines() == golden.splitlines()
