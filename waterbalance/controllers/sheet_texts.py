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
        "replaces": "; this sheet takes the place of every earlier one of this canal.",
        "days": "Mon Tue Wed Thu Fri Sat Sun",
        "in_order": "What is to be done, in order of time",
        "when": "When",
        "seen": "Done",
        "closed": "closed",
        "apply": "Set as follows.",
        "withdraw": "WITHDRAWN: forget all earlier orders for this gate and go by 'if nothing more comes'.",
        "stop": "CLOSE AT ONCE and leave it closed until told otherwise.",
        "planned": "from the plan",
        "replanned": "from a plan that replaces another while the day runs",
        "remainder": "what is left of an earlier plan",
        "fallback": "fallback: there was no new plan",
        "by_hand": "decided by hand",
        "issued": "Issued",
        "after": "after {until}: {then}",
        "if_nothing": "If nothing more comes",
        "hold_last": "leave the gate as it was set last",
        "close": "close the gate",
        "flow": "set it to",
        "approved": "Approved by",
        "receipt": "Sign each line, and hand this sheet back to the office.",
        "office": (
            "For the office: tell the program by the gate's CSV file, filled in: 'by' (who has signed), 'at' (when, such as "
            "{at}), 'status' (accepted, done or rejected), 'set_to' (only where it was set otherwise), 'remark'; "
            "save it beside it as NAME.receipt.csv, with NAME as in brackets above."
        ),
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
        "replaces": "；本單取代本渠道先前各單。",
        "days": "週一 週二 週三 週四 週五 週六 週日",
        "in_order": "依時間順序之操作",
        "when": "時間",
        "seen": "完成",
        "closed": "關閉",
        "apply": "請依下表操作。",
        "withdraw": "本閘門先前指令全部撤回，請依「無後續指令時」辦理。",
        "stop": "請立即關閉，未經通知不得開啟。",
        "planned": "依計畫",
        "replanned": "當日修正計畫",
        "remainder": "沿用先前計畫之剩餘指令",
        "fallback": "備援指令：無新計畫",
        "by_hand": "人工決定",
        "issued": "下達",
        "after": "{until} 之後：{then}",
        "if_nothing": "無後續指令時",
        "hold_last": "維持最後設定",
        "close": "關閉閘門",
        "flow": "設定為",
        "approved": "核定",
        "receipt": "請逐列簽名，並將本單繳回辦公室。",
        "office": (
            "辦公室登錄：請於該閘門之 CSV 檔填寫 by（簽名者）、at（時間，如 {at}）、"
            "status（已接受、已完成或拒絕）、set_to（僅於實際設定不同時填寫）、remark（備註），並以「名稱.receipt.csv」（名稱即上列括號內者）存於同一資料夾。"
        ),
        "none": "目前無指令。",
        "mode_flow": "流量",
        "mode_level": "水位",
        "mode_position": "開度",
        "mode_speed": "轉速",
        "mode_duration": "開啟時間",
    },
}
