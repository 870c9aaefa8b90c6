"""The pages of `compare` and `frontier` in a real browser: everything is drawn, nothing complains, nothing is fetched."""

from pathlib import Path

import pytest

from report.test_browser import BROWSER, open_page
from two_lakes import SCRIPT, write_two_lakes
from waterbalance.operate.comparing.compare_into import compare_into
from waterbalance.operate.comparing.frontier_into import frontier_into
from waterbalance.report.language import Language, Wording

pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs chromium")


@pytest.mark.parametrize(("language", "words"), [("en", ("Upper lake", "Agriculture")), ("zh-TW", ("上湖", "農業用水", "萬噸"))])
def test_a_comparison(tmp_path: Path, language: Language, words: tuple[str, ...]) -> None:
    scenario = write_two_lakes(tmp_path / "two_lakes")
    compare_into([scenario], ["drought_practice", "water_act"], None, tmp_path, Wording(language))
    look(tmp_path / "compare.html", words, figures=3)


def test_a_frontier(tmp_path: Path) -> None:
    scenario = write_two_lakes(tmp_path / "two_lakes")
    frontier_into(scenario, ("agriculture", "industry"), 3, None, "water_act", tmp_path, Wording("zh-TW"))
    look(tmp_path / "frontier.html", ("農業用水", "工業用水"), figures=1)


def look(page: Path, words: tuple[str, ...], figures: int) -> None:
    opened = open_page(page, page.parent)
    drawn = int(opened.document.split('data-drawn="')[1].split('"')[0])
    assert drawn >= figures
    assert opened.document.count('<svg class="main-svg"') >= drawn
    assert opened.complaints == []
    assert [address for address in opened.fetched if not address.startswith(("data:", "blob:"))] == []
    assert all(word in opened.document for word in words)
    assert SCRIPT not in opened.document
