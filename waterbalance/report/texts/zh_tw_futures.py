"""Texts about what a plan is made for: one value of the members, or several of them."""

FUTURES = {
    "planning_values": "規劃採用值",
    "planning_values.none": "各預測均採中位數",
    "planning_values.rest": "其餘預測：中位數",
    "futures": "多種未來情形之規劃",
    "futures.told": "以 {out_of} 組成員中之 {count} 組代表全部：{members}。至 {until} 止各成員命令相同；"
    "其後所示為成員 {shown} 之值。僅取少數成員之失真為成員離散程度之 {distance}。",
    "futures.member": "{member}（{likely}）",
    "futures.note": "各目標之期望結果：依本計畫；共同期間依單一值計畫之命令；若今日已知何成員將發生。",
    "futures.plan": "本計畫",
    "futures.one_value": "單一值計畫",
    "futures.known_ahead": "若已知未來",
    "futures.no_plan": "部分成員無可行計畫",
}
