"""The page as text: complete, offline, and deaf to what names try."""

import re

import pytest

from two_lakes import SCRIPT
from waterbalance.report.language import Language, Wording
from waterbalance.report.page import page
from waterbalance.report.planned import Planned
from waterbalance.report.summary import Summary


@pytest.fixture(scope="module", params=["en", "zh-TW"])
def language(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found


@pytest.fixture(scope="module")
def text(planned: Planned, summary: Summary, language: Language) -> str:
    return page(planned, summary, Wording(language))


def own_part(text: str) -> str:
    """The page without plotly's library."""
    return re.sub(r"<script>.*?</script>", "", text, count=1, flags=re.DOTALL)


def test_a_name_with_markup_stays_a_name(text: str) -> None:
    assert SCRIPT not in text
    assert "<script>alert" not in text
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in text
    assert "\\u003c/script" in text or "\\u0026lt;/script" in text


def test_there_are_three_scripts_and_no_more(text: str) -> None:
    assert len(re.findall(r"<script[ >]", own_part(text))) == 2


def test_nothing_is_fetched(text: str) -> None:
    assert "default-src 'none'" in text
    assert not re.search(r"<(link|img|iframe|object|embed)\b", own_part(text))
    assert not re.search(r"""(src|href)=["']?https?:""", own_part(text))


def test_every_figure_has_a_place_to_stand(text: str) -> None:
    places = set(re.findall(r'id="figure-([^"]+)"', text))
    assert {"storage-upper_lake", "storage-lower_lake", "storage-pond", "supply", "shortage", "flows", "water-value"} == places


def test_the_sections_are_in_the_readers_language(text: str, language: Language) -> None:
    say = Wording(language)
    for key in ("storages", "supply", "figure.heat", "figure.flows", "binding", "end_conditions", "goals", "orders", "series"):
        assert f"<h2>{say(key)}</h2>" in text
    assert say.name  # the wording knows names
    assert {"en": "Two lakes", "zh-TW": "雙湖"}[language] in text
