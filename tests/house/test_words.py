"""What may not be written: one city in the engine, the machines it was written on, prints and managers.

Patterns that would find themselves here are broken by a bracket.
"""

import ast
import re
from pathlib import Path

import pytest

from repository import PACKAGE, ROOT, parsed, sources, text_of, tracked_files

ONE_CITY = re.compile(
    "kaohsiung|tainan|pingtung|gaoping|kaoping|zengwen|tsengwen|wushantou|nanhua|agongdian|akungtien|chengcing|chengching"
    "|fengshan|jiaxian|chiahsien|chianan|chia-nan|meinong|linhai|nanzih|nanzi"
    "|高雄|台南|臺南|屏東|高屏|曾文|烏山頭|南化|阿公店|澄清湖|鳳山|甲仙|嘉南|美濃|臨海|楠梓",
    re.IGNORECASE,
)

MACHINE = re.compile(r"(?<![\w.~$}:/-])/(?:work|tmp|opt|root|home|mnt|Users|private)/[\w.]")

PACKAGE_INDEX = re.compile(
    r"\bp[y]pi\b|python[h]osted|test[.]p[y]pi|ana[c]onda[.]org|conda-for[g]e|index-u[r]l|trusted-h[o]st|find-l[i]nks=|^--find-l[i]nks",
    re.IGNORECASE | re.MULTILINE,
)


def found(pattern: re.Pattern[str], paths: list[Path], root: Path) -> list[str]:
    """`file:line: text` of every match, in the names of the files and in their text."""
    matches = [f"{path}: its name" for path in paths if pattern.search(str(path))]
    for path in paths:
        for number, line in enumerate((text_of(root / path) or "").splitlines(), start=1):
            if match := pattern.search(line):
                matches.append(f"{path}:{number}: {match.group()}")
    return matches


def test_nothing_in_the_engine_knows_one_city() -> None:
    files = [path.relative_to(PACKAGE) for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert found(ONE_CITY, files, PACKAGE) == []


def test_no_path_of_a_machine_is_written() -> None:
    assert found(MACHINE, list(tracked_files()), ROOT) == []


def test_no_package_index_is_named() -> None:
    assert found(PACKAGE_INDEX, list(tracked_files()), ROOT) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (ONE_CITY, "the KAOHSIUNG network"),
        (ONE_CITY, "曾文水庫"),
        (MACHINE, "open('/" + "work/main')"),
        (MACHINE, "out: /" + "tmp/plan"),
        (PACKAGE_INDEX, "--index-" + "url somewhere"),
        (PACKAGE_INDEX, "from py" + "pi, by name"),
    ],
)
def test_the_patterns_find_what_they_should(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


@pytest.mark.parametrize("text", ["m3/step", "./work/plan", "https://example.org/home/page", "numpy input"])
def test_the_patterns_leave_the_rest_alone(text: str) -> None:
    assert not MACHINE.search(text)
    assert not PACKAGE_INDEX.search(text)


def test_the_engine_does_not_print() -> None:
    prints = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Name) and node.id in {"print", "pprint"}
    ]
    assert prints == []


def test_no_class_is_called_a_manager() -> None:
    managers = [
        f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}"
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and re.search("Manager|Helper|Util", node.name)
    ]
    assert managers == []
