"""What each type says in two steps, down to the last coefficient."""

import pytest

from network.examples import EXAMPLES
from network.golden_lp import GOLDEN, golden_lp


def test_every_example_has_a_golden_lp_and_every_golden_lp_an_example() -> None:
    assert sorted(path.stem for path in GOLDEN.glob("*.lp")) == sorted(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_model_is_the_golden_one(name: str) -> None:
    golden = (GOLDEN / f"{name}.lp").read_text(encoding="utf-8")
    assert golden_lp(name, EXAMPLES[name]).splitlines() == golden.splitlines()
