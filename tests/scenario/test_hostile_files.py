"""Files that are no scenario at all, or want to do harm: told, not read, and never a traceback."""

import os
from pathlib import Path

import pytest

from scenario.folders import changed, findings_about, line_of
from waterbalance.errors import InputError
from waterbalance.scenario import read_scenario
from waterbalance.scenario.folder import LARGEST_FILE

FILES = ["scenario.yaml", "tables/inflow.csv", "tables/storages.csv"]


def one_about(folder: Path, file: str) -> tuple[str, int | None, str, str, str]:
    """The one finding about a file, as plain values."""
    findings = [finding for finding in findings_about(folder) if finding.where.file == str(folder / file)]
    finding = findings[0]
    return finding.what, finding.where.line, str(finding.found), str(finding.allowed), str(finding.remedy)


@pytest.mark.parametrize("file", FILES)
def test_an_empty_file(tutorial: Path, file: str) -> None:
    (tutorial / file).write_bytes(b"")
    assert one_about(tutorial, file) == ("the file is empty", 1, "0 bytes", "text", "Write the file, or restore it.")


@pytest.mark.parametrize("file", FILES)
def test_a_binary_file(tutorial: Path, file: str) -> None:
    (tutorial / file).write_bytes(b"PK\x03\x04\n\x00\x00\xff")
    what, line, found, allowed, remedy = one_about(tutorial, file)
    assert (what, line, found, allowed) == ("the file is binary, not text", 2, "a zero byte", "text in UTF-8")
    assert "Save it as text" in remedy


@pytest.mark.parametrize("file", FILES)
def test_another_encoding(tutorial: Path, file: str) -> None:
    (tutorial / file).write_bytes("date\n曾文水庫".encode("big5"))
    what, line, found, allowed, remedy = one_about(tutorial, file)
    assert (what, line, found, allowed) == ("the file is not text in UTF-8", 2, "byte 0xb4", "UTF-8")
    assert "UTF-8" in remedy


@pytest.mark.parametrize("file", FILES)
def test_a_file_of_100_megabytes_is_refused_unread(tutorial: Path, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tutorial / file).open("wb") as large:
        large.truncate(100 * 1024 * 1024)
    opened = []
    original = Path.open
    monkeypatch.setattr(Path, "open", lambda self, *rest, **more: (opened.append(self), original(self, *rest, **more))[1])
    what, _, found, allowed, remedy = one_about(tutorial, file)
    assert (what, found, allowed) == ("the file is too large", "100 MB or more", f"at most {LARGEST_FILE // 1024**2} MB")
    assert "rows that the plan needs" in remedy
    assert (tutorial / file).resolve() not in opened


def test_a_large_yaml_file_is_refused_before_it_is_parsed(tutorial: Path) -> None:
    (tutorial / "scenario.yaml").write_text("description: " + "x" * 5_000_000)
    assert one_about(tutorial, "scenario.yaml")[0] == "the file is too large"


def test_a_bomb_of_aliases(tutorial: Path) -> None:
    levels = [f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 10)}]" for level in range(1, 10)]
    (tutorial / "scenario.yaml").write_text("\n".join(["l0: &l0 [x, x, x, x, x, x, x, x, x, x]", *levels]))
    what, line, found, allowed, remedy = one_about(tutorial, "scenario.yaml")
    assert (what, line, found) == ("the document grows too large", 6, "more than 200000")
    assert "aliases written out" in allowed
    assert remedy


@pytest.mark.parametrize("bracket", ["[", "{a: "])
def test_a_bomb_of_brackets(tutorial: Path, bracket: str) -> None:
    (tutorial / "scenario.yaml").write_text("a: " + bracket * 100_000)
    assert one_about(tutorial, "scenario.yaml")[:4] == ("the nesting is too deep", 1, "level 21", "at most 20")


def test_an_alias_of_itself(tutorial: Path) -> None:
    (tutorial / "scenario.yaml").write_text("a: &a [*a]\n")
    assert one_about(tutorial, "scenario.yaml")[:3] == ("an alias has no anchor before it", 1, "*a")


def test_a_small_alias_is_read(tutorial: Path) -> None:
    changed(tutorial, "sources: {capacity: assumed, dead_storage: assumed}", "sources: {capacity: &a assumed, dead_storage: *a}")
    assert read_scenario(tutorial).network["lake"].sources["dead_storage"] == "assumed"


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system ['true']", "!include /etc/passwd", "!!str 5", "! x"])
def test_a_tag(tutorial: Path, tag: str) -> None:
    changed(tutorial, "name: tutorial", f"name: {tag}")
    what, line, _, allowed, remedy = one_about(tutorial, "scenario.yaml")
    assert (what, allowed) == ("tags are not read", "plain values")
    assert line == line_of(tutorial, "name: !")
    assert remedy == "Remove the tag."


def test_duplicate_keys_tell_both_lines(tutorial: Path) -> None:
    changed(tutorial, "    capacity: 1 Mm3\n", "    capacity: 1 Mm3\n    capacity: 2 Mm3\n")
    what, line, found, allowed, remedy = one_about(tutorial, "scenario.yaml")
    first = line_of(tutorial, "capacity: 1 Mm3")
    assert (what, line) == ("a key is written twice", first + 1)
    assert found == f"'capacity', first in line {first}"
    assert allowed == "each key once"
    assert remedy == "Remove one."


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a: [1, 2", "this is not YAML"),
        ("\ta: 1", "this is not YAML"),
        ("a: 1\n b: 2", "this is not YAML"),
        ("a: 'open", "this is not YAML"),
        ("# nothing\n", "the file holds no values"),
        ("waterbalance: 1\n---\nwaterbalance: 1\n", "the file holds a second document"),
        ("- 1\n- 2\n", "the file's version is missing"),
        ("just a word", "the file's version is missing"),
        ("? [a, b]\n: 1\n", "a key is not a word"),
        ("a: \x07", "this is not YAML"),
    ],
)
def test_text_that_is_no_scenario(tutorial: Path, text: str, what: str) -> None:
    (tutorial / "scenario.yaml").write_text(text)
    assert one_about(tutorial, "scenario.yaml")[0] == what


@pytest.mark.parametrize(
    ("line", "what", "remedy"),
    [
        ("", "the file's version is missing", "Add the line 'waterbalance: 1'"),
        ("waterbalance: 0\n", "this version of the file is not known", "Write 'waterbalance: 1'"),
        ("waterbalance: one\n", "this version of the file is not known", "Write 'waterbalance: 1'"),
        ("waterbalance: true\n", "this version of the file is not known", "Write 'waterbalance: 1'"),
        ("waterbalance: {}\n", "this version of the file is not known", "Write 'waterbalance: 1'"),
        ("waterbalance: 2\n", "the file is newer than this program", "Update waterbalance"),
    ],
)
def test_the_version_of_the_file(tutorial: Path, line: str, what: str, remedy: str) -> None:
    changed(tutorial, "waterbalance: 1\n", line)
    found = one_about(tutorial, "scenario.yaml")
    assert found[0] == what
    assert remedy in found[4]


def test_a_link_out_of_the_folder(tutorial: Path) -> None:
    outside = tutorial.parent / "outside.csv"
    (tutorial / "tables/inflow.csv").rename(outside)
    (tutorial / "tables/inflow.csv").symlink_to(outside)
    [finding] = findings_about(tutorial)
    assert finding.what == "the path leads out of the scenario's folder"
    assert "a link" in str(finding.found)
    assert finding.where.line == line_of(tutorial, "tables/inflow.csv")


def test_a_link_in_a_circle(tutorial: Path) -> None:
    (tutorial / "tables/inflow.csv").unlink()
    (tutorial / "tables/inflow.csv").symlink_to("inflow.csv")
    assert "inflow.csv" in str(findings_about(tutorial)[0].found)


def test_a_pipe_of_the_system_is_not_waited_for(tutorial: Path) -> None:
    (tutorial / "tables/inflow.csv").unlink()
    os.mkfifo(tutorial / "tables/inflow.csv")
    assert findings_about(tutorial)[0].what == "this is not a file"


@pytest.mark.parametrize("name", ['"a\\0b.csv"', '"a\\nb.csv"', "'..\\secret.csv'", "'C:\\secret.csv'", "~/secret.csv", "' '"])
def test_names_that_are_no_names(tutorial: Path, name: str) -> None:
    changed(tutorial, "{file: tables/inflow.csv", f"{{file: {name}")
    [finding] = findings_about(tutorial)
    assert finding.where.line == line_of(tutorial, "invented for the tutorial")
    assert finding.remedy


@pytest.mark.parametrize("name", ["missing", "missing/scenario.yaml"])
def test_a_folder_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        read_scenario(tmp_path / name)


def test_a_folder_without_a_scenario(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"scenario\.yaml"):
        read_scenario(tmp_path)
