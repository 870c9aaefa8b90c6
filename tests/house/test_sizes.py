"""A file holds one idea, a function fits on a screen."""

from repository import PACKAGE, functions, sources

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
VAGUE_FILES = {"utils", "util", "common", "helpers", "helper", "core", "misc", "tools"}


def test_there_is_something_to_measure() -> None:
    assert len(sources()) > 10


def test_no_file_is_longer_than_allowed() -> None:
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_longer_than_allowed() -> None:
    long = {}
    for path in sources():
        for function in functions(path):
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            if lines > LONGEST_FUNCTION:
                long[f"{path.relative_to(PACKAGE)}:{function.lineno} {function.name}"] = lines
    assert long == {}


def test_files_are_named_after_what_is_inside() -> None:
    assert [str(path.relative_to(PACKAGE)) for path in sources() if path.stem in VAGUE_FILES] == []
