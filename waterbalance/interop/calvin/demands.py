"""Which links are demands: those of a list, else those that pay and can take only so much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from waterbalance.errors import Finding, InputError, Place
from waterbalance.interop.calvin.plan import link_name

if TYPE_CHECKING:
    from pathlib import Path

    from waterbalance.interop.calvin.links import Links


def demands_of(links: Links, listed: Path | None) -> np.ndarray:
    """Marks the pieces of demands, shape (pieces,).

    Without a list: links between places whose water is worth something (a cost below zero), all of whose pieces are bounded.
    `listed` is a CSV file with a column `link` of names FROM-TO. Raises `InputError` for a list that cannot be read, names that
    are no link, and demands without an upper bound.
    """
    nodes = links.nodes
    pair = nodes.base[links.source] * len(nodes.bases) + nodes.base[links.target]
    endless = np.isin(pair, pair[np.isinf(links.upper)])
    if listed is None:
        return np.asarray(np.isin(pair, pair[links.cost < 0]) & ~endless & ~links.carries & ~links.debug)
    numbers = {link_name(nodes, int(code)): int(code) for code in np.unique(pair)}
    bounded = set(np.unique(pair[~endless]).tolist())
    names, findings = _names(listed), []
    for line, name in names:
        where, remedy = Place(str(listed), line), "Mend the list, or leave it out."
        if name not in numbers:
            findings.append(Finding("there is no such link in the matrix", where, name, "FROM-TO of a link", remedy))
        elif numbers[name] not in bounded:
            findings.append(Finding("this demand has no upper bound", where, name, "a bounded link", remedy))
    if findings:
        raise InputError("the list of demands cannot be used", tuple(findings))
    return np.asarray(np.isin(pair, [numbers[name] for _, name in names]))


def _names(path: Path) -> list[tuple[int, str]]:
    """Line and name of each link in the list."""
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, skip_blank_lines=False, encoding="utf-8-sig", index_col=False)
    except (OSError, ValueError) as error:
        finding = Finding("the list cannot be read", Place(str(path)), str(error).strip(), "a CSV file with a column 'link'")
        raise InputError("the list of demands cannot be used", (finding,)) from None
    if "link" not in frame:
        raise InputError("the list of demands cannot be used", (Finding("the column 'link' lacks", Place(str(path), 1)),))
    return [(number + 2, name) for number, name in enumerate(frame["link"].tolist()) if name]
