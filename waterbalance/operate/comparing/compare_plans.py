"""Plans to be laid beside each other: of one scenario by several policies, of several scenarios, or of earlier runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.errors import UsageError
from waterbalance.operate.planning.plan_scenario import plan_by_policies, plan_scenario
from waterbalance.plan.side import Side
from waterbalance.report.result_folder import is_result, read_result
from waterbalance.scenario.preferred import OWN, preferred
from waterbalance.scenario.read import read_scenario
from waterbalance.scenario.scenario import Scenario

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from waterbalance.errors import Finding
    from waterbalance.operate.planning.plan_scenario import Stage
    from waterbalance.report.planned import Planned


def sides(
    paths: Sequence[Path],
    policies: Sequence[str],
    start: dt.date | None = None,
    *,
    on_stage: Callable[[Stage], None] | None = None,
) -> tuple[tuple[Side, ...], tuple[Finding, ...]]:
    """The plans, and what the audit found in those that were made here.

    With one scenario: its plan by each policy (beside its own, where one is named), made with one warm program. With
    several folders: the plan of each; a folder that a run has written is read, a scenario is planned. Raises `UsageError`
    where that is no comparison, and what planning and reading raise.
    """
    if len(paths) == 1:
        planned = _by_policies(paths[0], policies, start, on_stage)
        return tuple(_side(name, each) for name, each in planned.items()), _findings(planned.values())
    if policies:
        raise UsageError("--policy compares the policies of one scenario; several folders are compared as they are")
    # Folders are read first: a mistake in the last one is told before the first one is planned.
    read = [read_result(path, str(path)) if is_result(path) else read_scenario(path) for path in paths]
    planned = {
        str(path): plan_scenario(each, start, on_stage=on_stage)
        for path, each in zip(paths, read, strict=True)
        if isinstance(each, Scenario)
    }
    laid = tuple(
        each if isinstance(each, Side) else _side(str(path), planned[str(path)]) for path, each in zip(paths, read, strict=True)
    )
    return laid, _findings(planned.values())


def _by_policies(
    path: Path, policies: Sequence[str], start: dt.date | None, on_stage: Callable[[Stage], None] | None
) -> dict[str, Planned]:
    if is_result(path) or not policies:
        raise UsageError("compare wants one scenario with --policy, or two or more folders of scenarios or runs")
    words = tuple(policies) if len(policies) > 1 else (OWN, *policies)
    if len(set(words)) < len(words):
        raise UsageError(f"--policy names each policy once; found {', '.join(words)}")
    scenario = read_scenario(path)
    made = plan_by_policies(scenario, [preferred(scenario, word) for word in words], start, on_stage=on_stage)
    return dict(zip(words, made, strict=True))


def _side(name: str, planned: Planned) -> Side:
    return Side.of(name, planned.plan, planned.policy, planned.scenario.network, planned.forecasts)


def _findings(planned: Iterable[Planned]) -> tuple[Finding, ...]:
    return tuple(finding for each in planned for finding in each.findings)
