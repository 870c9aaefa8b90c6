"""Traditional Chinese: the nightly job."""

from waterbalance.report.texts.zh_tw_night_page import NIGHT_PAGE

NIGHT = {
    "night.stage.observe": "讀取各觀測來源……",
    "night.stage.open": "確定當日初始狀態……",
    "night.stage.forecast": "預報……",
    "night.stage.plan": "規劃……",
    "night.stage.record": "保存本次執行……",
    "night.stage.issue": "發布指令……",
    "night.stage.report": "撰寫報告……",
    "night.outcome.sent": "指令已全部確認（新指令 {commands} 則）",
    "night.outcome.unconfirmed": "指令已發布；{devices} 個設備尚未確認",
    "night.outcome.waiting": "計畫等待核定；設備沿用先前所受指令",
    "night.outcome.rehearsed": "已規劃；設定為不發送",
    "night.outcome.past": "已規劃；已過去的日子不發布指令",
    "night.outcome.remainder": "無計畫：已發布前一計畫的剩餘部分（新指令 {commands} 則）",
    "night.outcome.fallback": "無計畫：已發布預先宣告的備援（新指令 {commands} 則）",
    "night.outcome.nothing": "無計畫，且未發布任何指令",
    "night.told": "{name}，{day}：{outcome}（第 {rung} 階）",
    "night.told.no_plan": "{name}，{day}：{outcome}",
    "sound.nightly": "{name} 與情境相符；資料來源 {sources} 個。",
    "finding.place": "{place}：{what}",
    "finding.found": "{what}；現為 {found}",
    "finding.allowed": "{what}；容許：{allowed}",
    "finding.remedy": "{what}。{remedy}",
    **NIGHT_PAGE,
}
