"""Commands as a user types them."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from two_lakes import write_two_lakes
from waterbalance import cli


class Said(NamedTuple):
    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `waterbalance ...` in this process."""

    def call(*words: object) -> Said:
        monkeypatch.setattr("sys.argv", ["waterbalance", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = capsys.readouterr()
        return Said(int(ended.value.code or 0), captured.out, captured.err)

    return call


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """Two lakes, written."""
    return write_two_lakes(tmp_path / "two_lakes")
