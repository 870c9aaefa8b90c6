"""A plan as a folder of files: the public contract of a run."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from waterbalance.report.atomic import remove, write_text
from waterbalance.report.csv_text import plan_csv
from waterbalance.report.json_text import json_text
from waterbalance.report.language import Wording
from waterbalance.report.manifest import manifest
from waterbalance.report.page import page
from waterbalance.report.result_folder import kept_for_comparison
from waterbalance.report.summary import summarise

if TYPE_CHECKING:
    from pathlib import Path

    from waterbalance.report.language import Language
    from waterbalance.report.planned import Planned


def write_files(planned: Planned, folder: Path, language: Language = "en") -> tuple[Path, ...]:
    """Write summary.json, plan.csv, schedule.json, report.html and, last of all, manifest.json; returns their paths.

    Equal inputs and versions give equal bytes, but for `created` in the manifest. A plan in which the audit found something
    has no schedule.json, and an older one is taken away. Raises `OutputError` where the folder cannot be written.
    """
    hashes = write_views(planned, folder, language)
    write_text(folder / "manifest.json", json_text(manifest(planned, hashes)))
    return tuple(folder / name for name in (*hashes, "manifest.json"))


def write_views(planned: Planned, folder: Path, language: Language = "en") -> dict[str, str]:
    """All of it but the manifest; returns the SHA-256 of each file. Raises what `write_files` raises."""
    summary = summarise(planned)
    texts = {
        "summary.json": json_text({**summary.to_dict(), "for_comparison": kept_for_comparison(planned)}),
        "report.html": page(planned, summary, Wording(language)),
        **orders_and_values(planned),
    }
    if planned.schedule is None:
        remove(folder / "schedule.json")
    for name, text in texts.items():
        write_text(folder / name, text)
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}


def orders_and_values(planned: Planned) -> dict[str, str]:
    """What a run that is replayed has to bring again byte for byte: plan.csv, and schedule.json where there is one."""
    texts = {"plan.csv": plan_csv(planned.plan)}
    if planned.schedule is not None:
        texts["schedule.json"] = json_text(planned.schedule.to_dict())
    return texts
