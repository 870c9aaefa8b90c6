"""Matrices that are broken or hostile: each complaint with its line, all at once, and no traceback."""

import gzip
import random
from contextlib import suppress
from pathlib import Path

import pytest

from interop.calvin_matrices import HEADER, LAKE, written
from waterbalance.errors import InputError, OutputError, WaterBalanceError
from waterbalance.interop.calvin import read_links as reading
from waterbalance.interop.calvin.read_links import read_links
from waterbalance.interop.calvin.solved import solve_matrix
from waterbalance.interop.calvin.tables import require_new


def complaint(path: Path) -> str:
    with pytest.raises(InputError) as raised:
        read_links(path)
    return str(raised.value)


def test_all_complaints_come_at_once_with_their_lines(tmp_path: Path) -> None:
    said = complaint(
        written(
            tmp_path,
            *LAKE,
            "SR_L.2001-01-31,TOWN.2001-01-31,2,0,1,9,8",
            "SR_L.2001-01-31,TOWN.2001-01-31,3,0,0,0,8",
            "SR_L.2001-01-31,TOWN.2001-01-31,0.5,0,1,0,8",
            "SR_L.2001-01-31,TWON.2001-01-31,0,0,1,0,8",
            "SR_M.2001-01-31,TOWN.2001-01-31,0,0,1,0,8",
            "SR_L.2001-02-28,SR_L.2001-01-31,0,0,1,0,8",
            "SR_L.2001-01-31,TOWN.2001-01-31,0,-5,0.8,0,20",
            "SR_L.2001-02-30,TOWN.2001-01-31,0,0,1,0,8",
            "SR_L.2001-01-31,SR_L.2001-01-31,0,0,1,0,8",
        )
    )
    for line, words in {
        19: "the lower bound is above the upper one; found 9, 8",
        20: "nothing of what leaves arrives; found 0.0",
        21: "k is no number of a piece; found 0.5",
        22: "no link leaves the node that this one leads to; found SR_L.2001-01-31, TWON.2001-01-31",
        23: "no link leads to the node that this one leaves; found SR_M.2001-01-31",
        24: "water flows back in time",
        25: "the link and its piece stand there already",
        26: "the date of a node is none; found SR_L.2001-02-30",
        27: "a link leads from a node to itself",
    }.items():
        assert f"matrix.csv:{line}: {words}" in said


def test_what_is_no_number_is_told_line_by_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        *LAKE,
        "SR_L.2001-01-31,TOWN.2001-01-31,2,much,1,0,8",
        "SR_L.2001-01-31,TOWN.2001-01-31,3,0,NaN,0,8",
        "SR_L.2001-01-31,TOWN.2001-01-31,4,0,1,,inf",
        "SR_L.2001-01-31,TOWN.2001-01-31,5,inf,1,0,8",
        "SR_L.2001-01-31,TOWN.2001-01-31,6",
        ",TOWN.2001-01-31,7,0,1,0,8",
    )
    said = complaint(path)
    for words in (
        ":19: cost is no number; found much",
        ":20: amplitude is no number; found NaN",
        ":21: lower_bound is no number; found nothing",
        ":22: cost is no number; found inf",
        ":23: upper_bound is no number; found nothing",
        ":24: i is no name of a node; found nothing",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        (HEADER + "\n", "there are no links"),
        (HEADER + "\n\n\n", "there are no links"),
        (HEADER.replace("amplitude", "gain") + "\n" + LAKE[0], "csv:1: the column 'amplitude' lacks"),
        (HEADER + "\n" + LAKE[0] + ",7,8\n", "csv:2: there are more fields than names of columns"),
        (HEADER + "\n" + LAKE[0] + "\n" + LAKE[1] + ",7,8\n", "csv:3: there are too many fields; found 9; allowed: 7"),
        (HEADER + '\n"' + "\n".join(LAKE), "this is no CSV table"),
        (HEADER + "\nA.2001-01-31,B.2001-01-31,0,0,1,0,1\n", "no link leaves SOURCE"),
        (HEADER + "\nSOURCE,SINK,0,0,1,0,1\n", "no node has a date"),
        (HEADER + "\n" + "x" * 5000 + ".2001-01-31,SINK,0,0,1,0,1\n", "i is no name of a node"),
        (HEADER + "\nSOURCE,A.9999-12-31,0,0,1,0,1\nA.9999-12-31,SINK,0,0,1,0,1\n", "the date of a node is none"),
        (HEADER + "\nSOURCE,A.2001-01-31,0,0,1,0,1\nA.2001-01-31,SINK,1e300,0,1,0,1\n", "k is no number of a piece"),
        ("PK\x03\x04\0\0", "bytes that are zero"),
    ],
)
def test_what_is_no_matrix_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "matrix.csv"
    path.write_text(text, encoding="utf-8")
    assert words in complaint(path)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "there is no such file" in complaint(tmp_path / "none.csv")
    assert "there is no such file" in complaint(tmp_path)
    (tmp_path / "latin.csv").write_bytes(HEADER.encode() + b"\nSOURCE,T\xfcrk.2001-01-31,0,0,1,0,1\n")
    assert "the file is not text in UTF-8" in complaint(tmp_path / "latin.csv")
    (tmp_path / "half.csv.gz").write_bytes(gzip.compress("\n".join([HEADER, *LAKE]).encode())[:-20])
    assert "the file cannot be read" in complaint(tmp_path / "half.csv.gz")
    (tmp_path / "plain.csv.gz").write_text(HEADER, encoding="utf-8")
    assert "the file cannot be read" in complaint(tmp_path / "plain.csv.gz")
    monkeypatch.setattr(reading, "LARGEST_FILE", 1000)
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b"0" * 10_000_000))
    assert "the file is too large" in complaint(tmp_path / "bomb.csv.gz")


def test_many_mistakes_of_one_kind_are_counted(tmp_path: Path) -> None:
    rows = [f"SR_L.2001-01-31,TOWN.2001-01-31,{number},0,1,9,8" for number in range(2, 202)]
    said = complaint(written(tmp_path, *LAKE, *rows))
    assert said.count("the lower bound is above the upper one") == 21
    assert "in 180 more lines" in said


def test_lists_of_demands_are_checked(tmp_path: Path) -> None:
    matrix, listed = written(tmp_path, *LAKE), tmp_path / "demands.csv"
    for text, words in {
        "link\nSR_L-TOWN\nSR_L-TWON\n": "demands.csv:3: there is no such link in the matrix; found SR_L-TWON",
        "link\nTOWN-SINK\n": "demands.csv:2: this demand has no upper bound",
        "name\nSR_L-TOWN\n": "the column 'link' lacks",
        "": "the list cannot be read",
    }.items():
        listed.write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as raised:
            solve_matrix(matrix, listed)
        assert words in str(raised.value)
    with pytest.raises(InputError, match="the list cannot be read"):
        solve_matrix(matrix, tmp_path / "none.csv")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    for place in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(OutputError, match="nothing was written"):
            require_new(place)
    require_new(tmp_path / "new")


@pytest.mark.parametrize("seed", range(300))
def test_random_damage_is_refused_or_solved(tmp_path: Path, seed: int) -> None:
    """Whatever is cut, doubled or changed in a matrix: an error of the house, or a plan."""
    numbers = random.Random(seed)  # noqa: S311 (nothing secret)
    text = "\n".join([HEADER, *LAKE]) + "\n"
    for _ in range(numbers.randrange(1, 4)):
        place = numbers.randrange(len(text))
        piece = numbers.choice(["", ",", "\n", '"', ".", "-", "1e9999", "nan", "\ud7ff", "2001-13-01", "SINK", "-1", "0"])
        text = text[:place] + piece + text[place + numbers.randrange(4) :]
    path = tmp_path / "matrix.csv"
    path.write_text(text, encoding="utf-8")
    with suppress(WaterBalanceError):
        assert solve_matrix(path).outcome.usable
