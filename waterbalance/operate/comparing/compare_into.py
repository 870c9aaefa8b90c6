"""A comparison from start to files: what `waterbalance compare` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.operate.comparing.compare_plans import sides as lay_beside
from waterbalance.plan.compare import compare
from waterbalance.report.atomic import require_writable, write_text
from waterbalance.report.comparison import comparison_csv, heading, sections
from waterbalance.report.json_text import json_text
from waterbalance.report.section import on_page, on_terminal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from rich.console import RenderableType

    from waterbalance.operate.planning.plan_scenario import Stage
    from waterbalance.report.language import Wording


def compare_into(
    paths: Sequence[Path],
    policies: Sequence[str],
    start: dt.date | None,
    folder: Path | None,
    say: Wording,
    *,
    on_stage: Callable[[Stage], None] | None = None,
) -> tuple[RenderableType, str, bool]:
    """Compare, and write compare.html, compare.csv and compare.json into a folder where one is named.

    Returns the tables, the JSON, and whether the audit found nothing in the plans that were made.
    """
    if folder is not None:
        require_writable(folder)
    laid, findings = lay_beside(paths, policies, start, on_stage=on_stage)
    comparison = compare(laid)
    title = paths[0].resolve().name if len(paths) == 1 else " · ".join(path.resolve().name for path in paths)
    top = heading(comparison, title, [str(finding) for finding in findings], say)
    told = sections(comparison, laid, say)
    text = json_text(comparison.to_dict())
    if folder is not None:
        write_text(folder / "compare.html", on_page(top, told, say))
        write_text(folder / "compare.csv", comparison_csv(comparison))
        write_text(folder / "compare.json", text)
    return on_terminal(top, told, say), text, not findings
