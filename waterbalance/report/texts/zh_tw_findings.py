"""What nights, approvals and backtests find, in Traditional Chinese: the engine's own sentences, by their English words.

Names, numbers and what other programs say stand in between and stay as they are.
"""

FINDINGS = {
    # Why a plan waits for somebody.
    "no plan is in force to compare with": "尚無現行計畫可資比較",
    "not an ordinary plan": "並非一般計畫",
    "the plan has a note": "計畫附有註記",
    "the device has a command in one of the plans only": "僅見於新舊計畫之一",
    "somebody has taken back the device's orders": "指令已由人員撤回",
    "the change is too great": "變動過大",
    "the user goes short": "缺水",
    "who has approved a plan does not issue it": "核定者不得發布",
    "too few have approved the plan": "核定人數不足",
    "the plan stands on too low a rung of the ladder": "計畫所在階層過低",
    # What keeps a night from its end.
    "a critical reading is missing": "關鍵讀數缺測",
    "nothing usable was measured": "無可用之實測讀數",
    "the reading is far from all that was ever known": "讀數遠逾歷年範圍",
    "the storage is observed far above its capacity": "觀測蓄水量遠逾庫容",
    "the heading has no unit": "欄名未附單位",
    "the heading names no series of the scenario": "欄名非情境中之序列",
    "the storage jumps": "蓄水量躍變",
    "the orders of people cannot be put into effect": "人員指令無法執行",
    "old results could not be forgotten": "舊成果未能清除",
    "the report could not be written whole": "報告未能完整寫出",
    "the report could not be written anew": "報告未能重新寫出",
    "nothing could be issued either": "亦未能發布任何指令",
    "an error of the engine itself": "程式本身發生錯誤",
    # Why a forecaster was not tried.
    "too few values to learn from": "可供學習之資料不足",
    "no origin fits into the history": "紀錄長度容不下任何起報日",
    # What a source has done.
    "its source does not tell it any more": "來源已不再提供此值",
}

PARTS = (
    (r"^plan (?=\w+$)", "計畫 "),
    (r"^change <= (\S+), shortage <= (\S+)$", r"變動 <= \1、缺水 <= \2"),
    (r"^at most (?=\S+$)", "至多 "),
    (r"^(\d+) days$", r"\1 日"),
    (r"^(\d+) days or more$", r"\1 日以上"),
    (r"^(\d+) origins (\d+) days apart, (\d+) days each, on (\d+) days$", r"\4 日紀錄中 \1 個起報日，相隔 \2 日，各 \3 日"),
    (r"^known days before the first cutoff$", "首次起報前須有已知日"),
    (r"^(\d+) of (\d+) have agreed(?:: (.+))?$", r"須 \2 人核定，已有 \1 人 \3"),
    (r"^somebody else$", "他人"),
    (r"^`waterbalance approve (\w+) --by NAME`, by somebody else\.$", r"由他人執行 `waterbalance approve \1 --by NAME`。"),
    (
        r"^Somebody else has to issue it, or to approve it: the issuer's approval does not count\.$",
        "須由他人發布或核定：發布者之核定不予計入。",
    ),
    (r"^AN ORDER WAITS FOR THIS APPROVAL, and the device goes on as it was: (.+)$", r"有指令等待此核定，設備維持原狀：\1"),
    (r"^a plan in force$", "現行計畫"),
    (r"^planned$", "一般計畫"),
    (r"^none$", "無"),
    (r"^stop$", "停止"),
    (r"^withdraw$", "撤回"),
    (r"^silent tonight: (.+)$", r"今夜無回應：\1"),
    (r"^no source failed$", "各來源均有回應"),
    (r"^(\S+) m3 observed, (\S+) m3 expected$", r"觀測 \1 m3，預期 \2 m3"),
    (r"^at most (\S+) m3 apart$", r"相差至多 \1 m3"),
    (r"^Give a longer record, or use a forecaster that needs none\.$", "請提供較長紀錄，或改用無須紀錄之預測方法。"),
    (
        r"^Run again when it has come, or set 'when_missing: degrade'\.$",
        "請於資料到達後重新執行，或設定 'when_missing: degrade'。",
    ),
    (r"^Look at the gauge, and at what flowed yesterday; the observation is used\.$", "請查核水位計及昨日水量；現採用觀測值。"),
    (r"^nothing usable was measured of (\S+), which is critical$", r"關鍵序列 \1 無可用之實測讀數"),
    (r"^the source (\S+) gave nothing$", r"來源 \1 無資料"),
    (r"^this night is done already \(run (\S+), (.+)\); nothing was planned again$", r"今夜作業已完成（\1，\2）；未重新規劃"),
)
"""What stands before and behind them: places, what was found, what is allowed."""
