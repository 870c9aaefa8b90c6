"""Whatever is done to the tutorial's files, the reader returns a scenario or complains; nothing else comes out."""

import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from scenario.folders import copy_of_tutorial
from waterbalance.errors import InputError
from waterbalance.scenario import forecast, read_scenario, state_at

FILES = st.sampled_from(["scenario.yaml", "scenario.yaml", "tables/inflow.csv", "tables/storages.csv"])

WORDS = [
    b"",
    b"null",
    b"true",
    b"-1",
    b"1e400",
    b"[]",
    b"{}",
    b"[1, 2]",
    b"{a: 1}",
    b"2026-13-45",
    b"0x10",
    b".inf",
    b"'",
    b'"',
    b"*a",
    b"&a b",
    b"!!x y",
    b"<<: *a",
    b"%YAML 1.1",
    b"---",
    b"...",
    b"\xff",
    b"\x00",
    b"\xe6\x9b\xbe",
    b"1 Mm3",
    b"5 m3/s",
    b"100 %",
    b"1 m3/s/s/s",
    b"1 degC",
    b"1 m^m",
    b"1 m3*9**9**9**9",
    b"1e308 Mm3",
    b"? ",
    b": ",
    b"- ",
    b"|",
    b">",
    b"#",
    b"\t",
    b"{2026-03-01: 1 m3/s}",
    b"999999999999999999999",
    b"lake",
    b"town",
    b"0001-01-01",
    b"9999-12-31",
    b"__class__",
    b"reservoir",
    b"rule_curve",
    b"minimum_flow",
    b"a.b.c [m3]",
]

Edit = Callable[[bytes], bytes]


def flip(position: float, byte: int) -> Edit:
    def edit(content: bytes) -> bytes:
        at = int(position * max(len(content) - 1, 0))
        return content[:at] + bytes([byte]) + content[at + 1 :]

    return edit


def without_line(position: float) -> Edit:
    def edit(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        at = int(position * max(len(lines) - 1, 0))
        return b"".join(lines[:at] + lines[at + 1 :])

    return edit


def line_twice(position: float, other: float) -> Edit:
    def edit(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        if not lines:
            return content
        line = lines[int(position * (len(lines) - 1))]
        at = int(other * len(lines))
        return b"".join([*lines[:at], line, *lines[at:]])

    return edit


def other_value(position: float, word: bytes) -> Edit:
    """Replace what stands behind a colon or a comma."""

    def edit(content: bytes) -> bytes:
        marks = [at for at, byte in enumerate(content) if byte in b":,"]
        if not marks:
            return content
        start = marks[int(position * (len(marks) - 1))] + 1
        ends = [at for at in range(start, len(content)) if content[at] in b",}]\n"]
        return content[:start] + b" " + word + content[ends[0] if ends else len(content) :]

    return edit


SHARES = st.floats(0.0, 1.0)
EDITS = st.one_of(
    st.builds(flip, SHARES, st.integers(0, 255)),
    st.builds(without_line, SHARES),
    st.builds(line_twice, SHARES, SHARES),
    st.builds(other_value, SHARES, st.sampled_from(WORDS)),
)


@settings(max_examples=250, deadline=None)
@given(st.lists(st.tuples(FILES, EDITS), min_size=1, max_size=4))
def test_only_complaints_come_out(edits: list[tuple[str, Edit]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        folder = copy_of_tutorial(Path(directory))
        for file, edit in edits:
            (folder / file).write_bytes(edit((folder / file).read_bytes()))
        with contextlib.suppress(InputError):
            scenario = read_scenario(folder)
            forecast(scenario)
            state_at(scenario, scenario.horizon.start)
