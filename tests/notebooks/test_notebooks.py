"""Every notebook runs from top to bottom, and is kept without outputs."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from repository import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

# The kernel's own libraries warn about each other's futures; the notebook's code runs in a process of its own.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")


def test_there_are_notebooks() -> None:
    assert [path.name for path in NOTEBOOKS] == ["01-first-plan.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_kept_without_outputs(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


def test_the_first_plan_runs_and_shows_what_the_text_says() -> None:
    path = ROOT / "notebooks" / "01-first-plan.ipynb"
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}).execute()
    shown = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    pictures = [output for output in shown if "application/vnd.plotly.v1+json" in output.get("data", {})]
    texts = [output.data["text/plain"] for output in shown if "text/plain" in output.get("data", {})]
    assert len(pictures) == 2
    assert "()" in texts
    assert any("('agriculture', 168000)" in text for text in texts)
    # With the larger pipe the town goes short no more, and the fields lose 80 % of the 20,000 m3 that it takes.
    assert "{'town': (20000, 0), 'east_fields': (168000, 184000)}" in texts
