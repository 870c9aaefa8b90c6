"""What is installed is what stands in the repository, templates and tables included."""

from pathlib import Path

import waterbalance
from repository import ROOT, tracked_files


def test_every_file_of_the_package_is_installed() -> None:
    installed = Path(waterbalance.__file__).parents[1]
    files = [path for path in tracked_files() if path.parts[0] == "waterbalance"]
    assert files
    assert [str(path) for path in files if not (installed / path).is_file()] == []
    assert [str(path) for path in files if (installed / path).read_bytes() != (ROOT / path).read_bytes()] == []
