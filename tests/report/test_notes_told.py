"""What a plan notes about itself has Chinese words: sentences as the code makes them."""

import ast
import re
from collections.abc import Iterator

import pytest

from repository import PACKAGE
from waterbalance.report.language import Wording
from waterbalance.scenario.hints import SOFT, STAGES

ZH = Wording("zh-TW")

NOTES = (
    ("operate/observing/opening.py", "backup warm start: from the plan of 2026-03-01"),
    ("operate/observing/opening.py", "7.7 is new: taken from the scenario's own state"),
    ("operate/planning/apply.py", "more water came than structures were told to take; orders were exceeded"),
    ("operate/planning/day_by_day.py", "the plan ends before 2026-03-09: 7"),
    (
        "operate/planning/futures.py",
        (
            "planned for 7 of 36 members: from 2026-03-09 on every value and order shown is that of member 3, "
            "which lies nearest to all; results of goals and prices are expected values"
        ),
    ),
    ("operate/planning/futures.py", "planned for one future: the members do not differ after the common days"),
    ("operate/planning/futures.py", "what planning for several futures is worth was not found: 7"),
    ("operate/planning/ladder.py", "planned without switches: what is on or off may be partly on, with average losses"),
    ("operate/planning/ladder.py", "planned with one value of the members for 7.7, 8.8"),
    ("operate/planning/ladder.py", "relaxed in full: 7, 8"),
    ("operate/planning/ladder.py", "stopped by the clock: cannot be replayed"),
    ("operate/planning/plan_scenario.py", "the previous plan has no step and flow in common with this one"),
    ("operate/planning/relax.py", "relaxed: 7 is not kept"),
    ("operate/planning/relax.py", "relaxed: 7.7 at 50.0% of its value (declared: 40.0%)"),
    ("operate/planning/rule_curves.py", "nothing fits with users cut by the curves: they are not cut"),
    ("operate/planning/shifted.py", "orders of the plan of 2026-03-01, for the 6 days that are left of it"),
    ("operate/rolling/known.py", "perfect foresight, for a dated table tells them ahead: 7.7"),
    ("operate/rolling/known.py", "learnt from a record that reaches beyond the day, for it is too short before: 7.7"),
    ("operate/rolling/known.py", "taken as planned on days on which nobody observed them: 7.7"),
    (
        "operate/rolling/roll.py",
        "each day is planned alone, so that no water is sent for over 7, 8: it arrives on a later day",
    ),
    ("optimise/decide.py", "switches were still decided otherwise after 6 rounds: another plan may be a little better"),
    ("optimise/extract.py", "7: solved with a tolerance of 1e-07 instead of 1e-08"),
    ("optimise/extract.py", "7: the search for switches was stopped by the time limit; within 2.00% of the best possible"),
    ("optimise/extract.py", "7: the search for switches was stopped by the work limit; how far is not known"),
    (
        "optimise/numbers.py",
        "the numbers lie far apart: 7.7 0.001 beside 8.8 1e+09 (m3 or m3/day); the small one is right to about a thousandth",
    ),
    ("optimise/numbers.py", "the factors of the equations lie far apart (1e-09 to 1e+09): look at units"),
    ("optimise/rank.py", "7: sharing stopped before every user was settled"),
    (
        "optimise/revise.py",
        "values that depend on the last pass had not settled after 12 passes; 7.7 still changed by 0.3%",
    ),
    (
        "optimise/revise.py",
        "surfaces and other values of the last pass settled only with storages held near it: prices of water may be off",
    ),
    (
        "optimise/solve.py",
        "the smallest change from the previous plan was not found: of equally good plans this is any one",
    ),
    ("scenario/not_carried.py", "12 more were not carried over: see 'not_carried_over'"),
    (
        "schedule/district.py",
        "7 lacked 1,200 m3 more from before than is planned for all days: that is given up",
    ),
    ("schedule/runs_on.py", "7 runs on from 2026-03-02 06:00 to 2026-03-02 08:00, 900 m3 although 8 is closed"),
    ("schedule/runs_on.py", "7 runs on from 2026-03-02 06:00 to 2026-03-02 08:00, 900 m3 more than is wanted of it"),
)
"""File that makes it -> a note, with names that are numbers."""

CAUSES = ("nobody is there to shut it before", "its minimum run lasts", "it cannot be shut before")
KEPT = re.compile(r"'[^']*'|\{[^}]*\}|m3/day|m3|under_way")
"""Names and units that are the same in every language."""

FEWEST_LETTERS = 10
"""A pattern with fewer fits everything."""


def english_in(note: str) -> list[str]:
    return re.findall(r"[A-Za-z]{2,}", KEPT.sub("", ZH.finding(note)))


def made_in(file: str) -> Iterator[str]:
    """Every sentence of a file as a pattern, with whatever is filled in."""
    for node in ast.walk(ast.parse((PACKAGE / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            parts = (re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in node.values)
            if len(re.sub("[^a-z]", "", pattern := "".join(parts))) > FEWEST_LETTERS:
                yield pattern
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.escape(node.value)


@pytest.mark.parametrize(("file", "note"), NOTES)
def test_a_note_is_what_the_code_makes_and_has_chinese_words(file: str, note: str) -> None:
    assert any(re.fullmatch(pattern, note) for pattern in made_in(file))
    if file != "schedule/runs_on.py":
        assert english_in(note) == []


@pytest.mark.parametrize("cause", CAUSES)
def test_a_gate_that_runs_on(cause: str) -> None:
    assert cause in made_in("schedule/runs_on.py") or re.escape(cause) in made_in("schedule/runs_on.py")
    for _, note in (each for each in NOTES if each[0] == "schedule/runs_on.py"):
        assert english_in(f"{note}: {cause}; somebody has to see to it.") == []


@pytest.mark.parametrize("soft", [*SOFT, STAGES], ids=lambda soft: soft.measure)
def test_what_no_goal_counts(soft: object) -> None:
    measure, otherwise = getattr(soft, "measure", ""), getattr(soft, "otherwise", "")
    told = f"no goal counts {measure!r} of 7, 8, 9 and 2 more: {otherwise}. "
    assert english_in(f"{told}Add a goal with the term {{measure: {measure}}} to the policy.") == []


def test_a_past_that_nobody_knows() -> None:
    told = (
        "nothing is given of the past before 2026-03-02, and zero is taken, for 7.7 (since 2026-02-20), 8.8 (since 2026-03-01). "
    )
    assert english_in(f"{told}Add 'under_way' with their flows; starts and stops are rows in the table of the state.") == []


def test_the_days_of_a_note() -> None:
    note = "more water came than structures were told to take; orders were exceeded"
    told = ZH.finding(f"{note}: on 3 days, first on 2026-03-02")
    assert english_in(told) == []
    assert told.endswith("計 3 日，首日 2026-03-02")
