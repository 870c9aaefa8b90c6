"""The page in a real browser: everything is drawn, nothing complains, nothing is fetched."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from told_night import GOOD
from two_lakes import SCRIPT
from waterbalance.network.components.reservoir import Reservoir
from waterbalance.network.network import Network
from waterbalance.report.files import write_files
from waterbalance.report.language import Language, Wording
from waterbalance.report.night.page import night_page
from waterbalance.report.planned import Planned

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

NO_ORIGIN = "not an origin"

pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs chromium")


@dataclass(frozen=True)
class Opened:
    document: str
    complaints: list[str]
    fetched: list[str]


def open_page(page: Path, folder: Path) -> Opened:
    """The document after its scripts have run, what the console said, and which addresses were asked for."""
    log = folder / "net.json"
    done = subprocess.run(
        [
            str(BROWSER),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            f"--user-data-dir={folder / 'profile'}",
            f"--log-net-log={log}",
            "--enable-logging=stderr",
            "--window-size=1400,3000",
            "--virtual-time-budget=10000",
            "--dump-dom",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=180,
    )
    complaints = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    return Opened(done.stdout, complaints, asked_by_a_page(json.loads(log.read_text(encoding="utf-8"))["events"]))


def asked_by_a_page(events: list[dict[str, Any]]) -> list[str]:
    """Addresses that a page asked for; what the browser asks for itself has no origin."""
    asked = [event.get("params", {}) for event in events]
    return [params["url"] for params in asked if "url" in params and params.get("initiator", NO_ORIGIN) != NO_ORIGIN]


@pytest.fixture(scope="module", params=["en", "zh-TW"])
def opened(request: pytest.FixtureRequest, planned: Planned, tmp_path_factory: pytest.TempPathFactory) -> tuple[Language, Opened]:
    language: Language = request.param
    folder = tmp_path_factory.mktemp(f"page-{language}")
    write_files(planned, folder, language)
    return language, open_page(folder / "report.html", folder)


def test_all_figures_are_drawn(opened: tuple[Language, Opened]) -> None:
    document = opened[1].document
    assert 'data-drawn="7"' in document
    assert len(re.findall(r'<svg class="main-svg"', document)) >= 7


def test_the_console_is_silent(opened: tuple[Language, Opened]) -> None:
    assert opened[1].complaints == []


def test_nothing_is_fetched(opened: tuple[Language, Opened]) -> None:
    assert [address for address in opened[1].fetched if not address.startswith(("data:", "blob:"))] == []


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_the_page_of_a_night(language: Language, tmp_path: Path) -> None:
    lake = Reservoir(name="lake", title={"en": SCRIPT, "zh-TW": SCRIPT}, capacity=1e6)
    page = tmp_path / "night.html"
    page.write_text(night_page(GOOD, Network.of([lake]), {}, Wording(language)), encoding="utf-8")
    seen = open_page(page, tmp_path)
    assert 'data-drawn="1"' in seen.document
    assert seen.complaints == []
    assert [address for address in seen.fetched if not address.startswith(("data:", "blob:"))] == []
    assert SCRIPT not in seen.document


def test_a_page_that_fetches_and_complains_would_be_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<img src="http://127.0.0.1:9/x.png"><script>console.error("lost")</script>', encoding="utf-8")
    seen = open_page(page, tmp_path)
    assert seen.fetched == ["http://127.0.0.1:9/x.png"]
    assert any("lost" in complaint for complaint in seen.complaints)


def test_a_name_does_not_run(opened: tuple[Language, Opened]) -> None:
    assert "<script>alert(1)" not in opened[1].document
    assert SCRIPT not in opened[1].document


def test_the_words_are_there(opened: tuple[Language, Opened]) -> None:
    language, page = opened
    names = {"en": ("Upper lake", "Water for fish", "Agriculture"), "zh-TW": ("上湖", "魚類基流", "農業用水")}[language]
    for name in names:
        assert name in page.document


def test_the_figures_speak_the_language(opened: tuple[Language, Opened]) -> None:
    language, page = opened
    drawn = "".join(re.findall(r"<svg.*?</svg>", page.document, flags=re.DOTALL))
    assert {"en": "Lower curve", "zh-TW": "嚴重下限"}[language] in drawn
    assert json.dumps(SCRIPT) not in drawn
