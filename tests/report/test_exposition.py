"""The text format of Prometheus, held against a strict reader of its own."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterbalance.report.exposition import Gauge, Sample, exposition

HELP = re.compile(r"# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\\n]|\\\\|\\n)*)")
TYPE = re.compile(r"# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) gauge")
SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)", re.DOTALL)
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)')
NUMBER = re.compile(r"[+-]?(\d+(\.\d+)?(e[+-]?\d+)?|Inf)|NaN")

Labels = frozenset[tuple[str, str]]


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found.group(1) == "n" else found.group(1), text)


def labels_of(text: str) -> Labels:
    found, at = [], 0
    while at < len(text):
        label = LABEL.match(text, at)
        assert label is not None, f"no label at {text[at:]!r}"
        found.append((label.group(1), unescaped(label.group(2))))
        at = label.end()
    assert len({name for name, _ in found}) == len(found), "a label twice"
    return frozenset(found)


def read(text: str) -> dict[str, dict[Labels, float]]:
    """Gauges by name and labels. Fails for anything that the format forbids."""
    assert text.endswith("\n") or not text
    found: dict[str, dict[Labels, float]] = {}
    name = None
    lines = iter(text.split("\n")[:-1])
    for line in lines:
        if line.startswith("#"):
            helped, typed = HELP.fullmatch(line), TYPE.fullmatch(next(lines))
            assert helped, line
            assert typed, line
            name = helped.group(1)
            assert typed.group(1) == name
            assert name not in found, "a gauge in two places"
            found[name] = {}
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample, line
        assert sample.group(1) == name
        assert NUMBER.fullmatch(sample.group(3)), sample.group(3)
        labels = labels_of(sample.group(2) or "")
        assert labels not in found[name], "a sample twice"
        found[name][labels] = float(sample.group(3))
    return found


@given(st.text(), st.text(), st.floats())
def test_every_text_and_number_comes_back(value: str, told: str, number: float) -> None:
    text = exposition([Gauge("a_gauge", told, [Sample(number, {"of": value, "and": "x"}), Sample(1.5, {})])])
    samples = read(text)["a_gauge"]
    back = samples[frozenset({("of", value), ("and", "x")})]
    assert back == number or (math.isnan(back) and math.isnan(number))
    assert samples[frozenset()] == 1.5


def test_the_characters_that_the_format_escapes() -> None:
    (line,) = Gauge("a", "x", [Sample(0, {"b": 'back\\slash "quoted"\nnext'})]).lines()[2:]
    assert line == r'a{b="back\\slash \"quoted\"\nnext"} 0'


def test_a_gauge_without_samples_is_left_out() -> None:
    assert exposition([Gauge("a", "x", [])]) == ""


@pytest.mark.parametrize(
    "gauge", [Gauge("a-b", "", []), Gauge("a", "", [Sample(0, {"b-c": ""})]), Gauge("a", "", [Sample(0, {"__b": ""})])]
)
def test_names_that_prometheus_does_not_know_are_refused(gauge: Gauge) -> None:
    with pytest.raises(ValueError, match="no name"):
        gauge.lines()
