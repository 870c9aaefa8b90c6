"""What a run leaves in its folder."""

import csv
import dataclasses
import errno
import hashlib
import json
from pathlib import Path

import pytest

from two_lakes import plan_two_lakes
from waterbalance.errors import Finding, OutputError, TryLaterError
from waterbalance.report.atomic import require_writable, write_text
from waterbalance.report.csv_text import COLUMNS
from waterbalance.report.files import write_files
from waterbalance.report.planned import Planned
from waterbalance.scenario.spreadsheet_cell import safe_cell

NAMES = {"summary.json", "plan.csv", "schedule.json", "report.html", "manifest.json"}


def test_the_files_of_the_contract(planned: Planned, tmp_path: Path) -> None:
    written = write_files(planned, tmp_path / "deep" / "folder")
    assert {path.name for path in written} == NAMES
    assert {path.name for path in (tmp_path / "deep" / "folder").iterdir()} == NAMES


def test_equal_inputs_give_equal_bytes(planned: Planned, tmp_path: Path) -> None:
    write_files(planned, tmp_path / "first")
    write_files(plan_two_lakes(tmp_path / "scenario"), tmp_path / "second")
    for name in NAMES - {"manifest.json"}:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes(), name
    manifests = [json.loads((tmp_path / run / "manifest.json").read_text(encoding="utf-8")) for run in ("first", "second")]
    for manifest in manifests:
        del manifest["created"]
    assert manifests[0] == manifests[1]


def test_manifest_names_what_was_read_and_written(planned: Planned, tmp_path: Path) -> None:
    write_files(planned, tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["inputs"]) == {"scenario.yaml", "storages.csv"}
    for name, expected in manifest["inputs"].items():
        text = (Path(planned.scenario.folder) / name).read_bytes()
        assert expected == hashlib.sha256(text).hexdigest()
    for name, expected in manifest["outputs"].items():
        assert expected == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
    assert set(manifest["outputs"]) == NAMES - {"manifest.json"}
    assert all(goal["gap"] == 0 for goal in manifest["solver"])


def test_plan_csv_holds_every_value(planned: Planned, tmp_path: Path) -> None:
    write_files(planned, tmp_path)
    with (tmp_path / "plan.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(planned.plan.values) * len(planned.horizon)
    storage = [float(row["value"]) for row in rows if (row["component"], row["quantity"]) == ("upper_lake", "storage")]
    assert storage == pytest.approx(planned.plan.values["upper_lake", "storage"], rel=1e-9)


def test_a_plan_that_fails_its_audit_has_no_orders(planned: Planned, tmp_path: Path) -> None:
    write_files(planned, tmp_path)
    unsound = dataclasses.replace(planned, findings=(Finding("water is lost"),), schedule=None)
    written = write_files(unsound, tmp_path)
    assert "schedule.json" not in {path.name for path in written}
    assert not (tmp_path / "schedule.json").exists()
    assert "water is lost" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_a_finding(planned: Planned, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here already", encoding="utf-8")
    with pytest.raises(OutputError, match="nothing could be written"):
        write_files(planned, tmp_path / "file" / "out")
    with pytest.raises(OutputError, match="nothing could be written"):
        write_files(dataclasses.replace(planned, schedule=None), tmp_path / "file" / "out")
    with pytest.raises(OutputError, match="file"):
        require_writable(tmp_path / "file" / "out")
    require_writable(tmp_path / "not" / "yet" / "there")
    assert not (tmp_path / "not").exists()


def test_a_full_disk_may_have_room_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(TryLaterError, match="No space left"):
        write_text(tmp_path / "plan.csv", "step_start")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
def test_cells_that_a_spreadsheet_would_run_are_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
