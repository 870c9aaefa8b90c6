"""Numbers for Prometheus, in its text format 0.0.4, as the text file collector of a node exporter reads them.

    # HELP name what it is
    # TYPE name gauge
    name{label="value"} number

Label values escape backslash, quotation mark and line feed; help texts backslash and line feed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*")


@dataclass(frozen=True)
class Sample:
    """One number."""

    value: float
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Gauge:
    """A number that may go up and down, once for each set of labels."""

    name: str
    """With its unit at the end, as `_seconds`."""

    told: str
    samples: Sequence[Sample]

    def lines(self) -> list[str]:
        """Its lines; none where there is no sample. Raises `ValueError` for a name that Prometheus does not know."""
        if not _NAME.fullmatch(self.name) or not all(_LABEL.fullmatch(name) for each in self.samples for name in each.labels):
            raise ValueError(f"{self.name} or one of its labels is no name")
        if not self.samples:
            return []
        head = [f"# HELP {self.name} {_escaped(self.told)}", f"# TYPE {self.name} gauge"]
        return [*head, *(f"{self.name}{_braces(each.labels)} {_number(each.value)}" for each in self.samples)]


def exposition(gauges: Sequence[Gauge]) -> str:
    """The text of a file."""
    return "".join(f"{line}\n" for gauge in gauges for line in gauge.lines())


def _braces(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    quote = '\\"'
    inside = (f'{name}="{_escaped(value).replace(chr(34), quote)}"' for name, value in labels.items())
    return f"{{{','.join(inside)}}}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(float(value)) if value != int(value) else str(int(value))
