"""Words of the gatekeeper's sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["en", "zh-TW"]

LANGUAGES: tuple[Language, ...] = ("en", "zh-TW")

TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "title": "Orders for the gates",
        "canal": "Canal",
        "structure": "Gate",
        "order": "Order",
        "code": "Code",
        "valid": "Valid",
        "times": "All times in",
        "to": "to",
        "start": "From",
        "end": "Until",
        "setpoint": "Set to",
        "unit": "Unit",
        "set_to": "Was set to",
        "at": "Time",
        "by": "Signature",
        "apply": "Set as follows.",
        "withdraw": "WITHDRAWN: forget all earlier orders for this gate and go by 'if nothing more comes'.",
        "stop": "CLOSE AT ONCE and leave it closed until told otherwise.",
        "planned": "from the plan",
        "replanned": "from a plan that replaces another while the day runs",
        "remainder": "what is left of an earlier plan",
        "fallback": "fallback: there was no new plan",
        "by_hand": "decided by hand",
        "if_nothing": "If nothing more comes",
        "hold_last": "leave the gate as it was set last",
        "close": "close the gate",
        "flow": "set it to",
        "approved": "Approved by",
        "receipt": "Sign each line, and hand the filled table back to the office (the CSV file: by, at, status, set_to).",
        "none": "There are no orders.",
        "mode_flow": "discharge",
        "mode_level": "water level",
        "mode_position": "opening",
        "mode_speed": "speed",
        "mode_duration": "time open",
    },
    "zh-TW": {
        "title": "閘門操作單",
        "canal": "渠道",
        "structure": "閘門",
        "order": "指令編號",
        "code": "核對碼",
        "valid": "有效期間",
        "times": "時區",
        "to": "至",
        "start": "起",
        "end": "迄",
        "setpoint": "設定值",
        "unit": "單位",
        "set_to": "實際設定",
        "at": "時間",
        "by": "簽名",
        "apply": "請依下表操作。",
        "withdraw": "本閘門先前指令全部撤回，請依「無後續指令時」辦理。",
        "stop": "請立即關閉，未經通知不得開啟。",
        "planned": "依計畫",
        "replanned": "當日修正計畫",
        "remainder": "沿用先前計畫之剩餘指令",
        "fallback": "備援指令：無新計畫",
        "by_hand": "人工決定",
        "if_nothing": "無後續指令時",
        "hold_last": "維持最後設定",
        "close": "關閉閘門",
        "flow": "設定為",
        "approved": "核定",
        "receipt": "請逐列簽名，並將填妥之表格（CSV 檔之 by、at、status、set_to 欄）繳回辦公室。",
        "none": "目前無指令。",
        "mode_flow": "流量",
        "mode_level": "水位",
        "mode_position": "開度",
        "mode_speed": "轉速",
        "mode_duration": "開啟時間",
    },
}
