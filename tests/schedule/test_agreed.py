"""Who counts for a plan, and who does not."""

import pytest

from commands import NOON
from waterbalance.schedule.agreed import lacking, of_others, still_needed
from waterbalance.schedule.envelope import Approval

CHEN, LIN, WANG = (Approval(name, NOON) for name in ("chen", "lin", "wang"))
RULE = Approval("engine", NOON, "change <= 0.1")


@pytest.mark.parametrize(
    ("counted", "needed", "left"),
    [
        ((), 1, 1),
        ((CHEN,), 1, 0),
        ((CHEN,), 2, 1),
        ((CHEN, WANG), 2, 0),
        ((CHEN, WANG, LIN), 2, 0),
        # One person by two spellings is one person.
        ((CHEN, Approval("ＣＨＥＮ", NOON)), 2, 1),
        ((RULE,), 3, 0),
    ],
)
def test_how_many_have_still_to_agree(counted: tuple[Approval, ...], needed: int, left: int) -> None:
    assert still_needed(counted, needed) == left


def test_the_issuers_own_word_is_not_counted() -> None:
    assert of_others((CHEN, LIN), "ＬＩＮ") == (CHEN,)
    assert of_others((CHEN, LIN, WANG), "lin", "wang") == (CHEN,)
    assert lacking("f" * 64, (CHEN,), "lin", 1) == ()
    assert [finding.what for finding in lacking("f" * 64, (CHEN, LIN), "lin", 2)] == [
        "who has approved a plan does not issue it",
        "too few have approved the plan",
    ]
