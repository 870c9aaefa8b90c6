"""What sources complain of has Chinese words: every sentence that stands in their code, and whole complaints."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from repository import PACKAGE
from waterbalance.report.language import Wording

ZH = Wording("zh-TW")

ELSEWHERE = {"quality", "gaps", "address"}
"""What is told of readings, and of the configuration before any night."""

FILES = sorted(path for path in (PACKAGE / "sources").rglob("*.py") if not ELSEWHERE & {*path.parts, path.stem})
CALLS = {"add", "Finding", "unpromised", "_not_json", "nearest", "NoAnswerError"}
NAMES = {"what", "found", "allowed", "remedy"}
KEPT = re.compile(
    r"[\w.]+[._\d]\w*|'[^']*'|JSON|HTTP|UTF|CSV|YAML|CAP|PEM|ISO|MB|Excel|API|SensorThings|ReservoirRealTimeInfos|success|url|xlsx"
    r"|openpyxl|stations|date|phenomenonTime|checkresult|OK|mm/day|m3/s|m3|https?|pip|install|mean"
)
"""Names that are the same in every language."""


def text_of(node: ast.expr) -> str | None:
    """A sentence with what is filled in as 7; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else hole(part) for part in node.values)
    return None


def hole(part: ast.expr) -> str:
    """What stands for a value: the words for how a day's values become one, a name in quotes, a count of tries, else a 7."""
    inside = ast.unparse(part)
    known = {"per_day": "mean", "scheme": "https", "_times": "3 times", "kept.at": "2026-03-02 10:00", "more": ""}
    known |= {"wanted.": "2026-03-02", "known[": "2026-03-02", "missing[0]!r": "'x'", "missing[0]": "'x'", "describe": "a volume"}
    return next((words for name, words in known.items() if name in inside), "7")


def parts(node: ast.expr) -> Iterator[ast.expr]:
    yield from (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,)


def sentences() -> Iterator[str]:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            values: list[ast.expr] = []
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                values = [*node.args, *(each.value for each in node.keywords)] if name in CALLS else []
            elif isinstance(node, ast.Assign):
                target, value = node.targets[0], node.value
                several = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
                pairs = zip(target.elts, value.elts, strict=True) if several else [(target, value)]  # type: ignore[attr-defined]
                values = [each for to, each in pairs if getattr(to, "id", "") in NAMES]
            for value in values:
                yield from filter(None, map(text_of, parts(value)))


SENTENCES = sorted({each for each in sentences() if " " in each.strip() and not each.startswith(", ")})


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_of_a_source_has_chinese_words(sentence: str) -> None:
    told = ZH.finding(sentence)
    assert re.findall(r"[A-Za-z]{2,}", KEPT.sub("", told)) == []


def test_there_are_sentences() -> None:
    assert len(SENTENCES) > 100


URL = "https://opendata.example/api/v2/x"

SILENT = (
    (
        f"{URL}, source agency: the server gives no answer; found silence for 20 s. "
        "Asked 4 times. Look at the address, the network, and whether the server is up."
    ),
    f"{URL}, 來源 agency：伺服器無回應；現為 20 秒無聲息。已詢問 4 次。請查核網址、網路及伺服器是否運作。",
)
REFUSES = (
    (
        f"{URL}, source agency: the server refuses; found status 503 (Service Unavailable); allowed: 200 (OK). "
        "Asked once; try again later. It asks for a wait of 90 s."
    ),
    (
        f"{URL}, 來源 agency：伺服器拒絕；現為 狀態碼 503（Service Unavailable）；容許：200 (OK)。"
        "已詢問一次；請稍後再試。伺服器要求等候 90 秒。"
    ),
)
KEPT_ANSWER = (
    (
        f"{URL}, source agency: the answer of 2026-03-02T01:00+08:00 is used: the answer is not JSON, or only a part of it; "
        "found '[{', 2 characters, Expecting value; allowed: JSON. "
        "Open the address in a browser: the server may be under maintenance, or the data set may have moved."
    ),
    (
        f"{URL}, 來源 agency：採用 2026-03-02T01:00+08:00 之前次回覆：回覆非 JSON，或僅有其中一部分；"
        "現為 '[{'，共 2 字元（Expecting value）；容許：JSON。請以瀏覽器開啟網址：伺服器可能維護中，或資料集已遷移。"
    ),
)
HALF_A_FILE = (
    (
        "gauges/a.csv:9, source office: the last line has no end; found 2021-05-0; allowed: a whole file. "
        "Look whether the file has been copied to its end."
    ),
    "gauges/a.csv:9, 來源 office：最後一行不完整；現為 2021-05-0；容許：完整檔案。請查檔案是否已完整複製。",
)
RENAMED = (
    (
        "gauges/*.csv, source office: columns are missing, and others are not known; found not known: 'Inhalt'; allowed: "
        "missing: 'a'; 'b'. Did you mean 'Inhalt' by 'a'? Mend the headings or the settings; the series are left out."
    ),
    (
        "gauges/*.csv, 來源 office：欄位缺漏，且有不明欄位；現為 不明：'Inhalt'；容許：缺漏：'a'; 'b'。"
        "是否為 以 'Inhalt' 為 'a'？請更正欄名或設定；所缺序列略去。"
    ),
)
ABOVE = (
    (
        "dam.storage, 2026-03-03: the storage is observed far above its capacity; "
        "found 1,070,000 m3 is above the capacity of 1,000,000 m3 on 2026-03-03. "
        "Look at the gauge, and at the capacity of the date: it is not used."
    ),
    (
        "dam.storage, 2026-03-03：觀測蓄水量遠逾庫容；現為 1,070,000 m3，逾 2026-03-03 之庫容 1,000,000 m3。"
        "請查核水位計及當日庫容：不予採用。"
    ),
)


@pytest.mark.parametrize(("text", "told"), [SILENT, REFUSES, KEPT_ANSWER, HALF_A_FILE, RENAMED, ABOVE])
def test_whole_complaints(text: str, told: str) -> None:
    assert ZH.finding(text) == told
    assert Wording("en").finding(text) == text


def test_files_are_looked_at() -> None:
    assert Path("sources/csv_folder.py") in {path.relative_to(PACKAGE) for path in FILES}
