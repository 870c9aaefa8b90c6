"""What the engine finds, in the reader's language."""

import ast
import inspect
import re

import pytest

from waterbalance.controllers import mqtt_connection
from waterbalance.controllers.controller import UnreachableError
from waterbalance.controllers.mqtt_connection import Connection, Way
from waterbalance.errors import Finding, Place
from waterbalance.operate.issuing import auto_approve
from waterbalance.report.language import Wording

ZH = Wording("zh-TW")


def reasons() -> list[str]:
    """First words of every finding of the rule that approves."""
    calls = (each for each in ast.walk(ast.parse(inspect.getsource(auto_approve))) if isinstance(each, ast.Call))
    made = (each for each in calls if isinstance(each.func, ast.Name) and each.func.id == "Finding")
    return [each.args[0].value for each in made if isinstance(each.args[0], ast.Constant)]  # type: ignore[misc]


@pytest.mark.parametrize("what", reasons())
def test_every_reason_of_the_rule_that_approves_has_words(what: str) -> None:
    told = ZH.finding(str(Finding(what, Place(component="plan a7ea8aeefa71"), "0.3", "at most 0.1")))
    assert re.fullmatch(r"計畫 a7ea8aeefa71：[^A-Za-z]+；現為 0\.3；容許：至多 0\.1", told)
    assert len(reasons()) >= 7


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cannot happen; found 3", "cannot happen; found 3"),
        (
            "too few values to learn from; found 6 days; allowed: 7 days or more. Give a longer record.",
            "可供學習之資料不足；現為 6 日；容許：7 日以上。Give a longer record.",
        ),
        ("an error of the engine itself: ZeroDivisionError('x')", "程式本身發生錯誤：ZeroDivisionError('x')"),
        ("KH-G017: the command is not signed", "KH-G017：指令未經簽章"),
        ("the source gauge gave nothing", "來源 gauge 無資料"),
        ("given up after 2 attempts: KH-G017 has told no state for 10 s", "嘗試 2 次後放棄：KH-G017 已 10 秒未回報狀態"),
        ("no answer in its time: KH-G017 is offline", "期限內沒有回應：KH-G017 離線"),
        (
            "lake, 2026-03-02: the storage jumps; found 2 m3 observed, 1 m3 expected; allowed: at most 0.5 m3 apart",
            "lake, 2026-03-02：蓄水量躍變；現為 觀測 2 m3，預期 1 m3；容許：相差至多 0.5 m3",
        ),
    ],
)
def test_sentences_of_the_engine(text: str, told: str) -> None:
    assert ZH.finding(text) == told
    assert Wording("en").finding(text) == text


@pytest.mark.parametrize(
    "what",
    [
        "the broker cannot be reached",
        "the broker does not answer",
        "the broker refuses",
        "the broker's certificate is not trusted",
    ],
)
def test_what_a_broker_says_has_words(what: str) -> None:
    connection = Connection.__new__(Connection)
    connection._way = Way("mqtt.example.org")
    assert what in inspect.getsource(mqtt_connection)
    told = ZH.told(str(connection._problem(UnreachableError, what, "7")))
    assert re.fullmatch(r"無法通知設備：mqtt://mqtt.example.org:8883：[^A-Za-z]+；現為 7。[^A-Za-z]+", told)


def test_how_a_night_began() -> None:
    assert ZH.origin("cold start: no plan of the last 7 days is at hand") == "冷啟動：近 7 日無計畫可用"
    assert ZH.origin("backup warm start: from the plan of 2026-03-02") == "備援熱啟動：取自 2026-03-02 之計畫"
