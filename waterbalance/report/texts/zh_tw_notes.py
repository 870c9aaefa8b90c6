"""What a plan notes about itself, in Traditional Chinese: the engine's own sentences, by their English words.

Names, numbers and dates stand in between and stay as they are.
"""

PARTS = (
    # Several futures.
    (
        (
            r"^planned for (\d+) of (\d+) members: from (\S+) on every value and order shown is that of member (\d+), "
            r"which lies nearest to all; results of goals and prices are expected values$"
        ),
        r"依 \2 個成員中之 \1 個規劃：自 \3 起，所列數值與指令為最接近全體之成員 \4 者；目標成果與價格為期望值",
    ),
    (
        r"^planned for one future: the members do not differ after the common days$",
        "僅依單一未來規劃：各成員於共同日之後並無差異",
    ),
    (r"^what planning for several futures is worth was not found: (.+)$", r"未能求得依多種未來規劃之效益：\1"),
    # The search.
    (r"^(.+): solved with a tolerance of (\S+) instead of (\S+)$", r"\1：以容許誤差 \2 求解，而非 \3"),
    (
        r"^(.+): the search for switches was stopped by the time limit; (.+)$",
        r"\1：開關之搜尋因時間限制而停止；\2",
    ),
    (
        r"^(.+): the search for switches was stopped by the work limit; (.+)$",
        r"\1：開關之搜尋因運算量限制而停止；\2",
    ),
    (r"^(.+): the search for switches was stopped by the (?:trouble|\d+); (.+)$", r"\1：開關之搜尋因數值問題而停止；\2"),
    (r"within (\S+) of the best possible$", r"與最佳解相差至多 \1"),
    (r"how far is not known$", "差距不明"),
    (r"^(.+): sharing stopped before every user was settled$", r"\1：分配於所有用水戶確定之前即已停止"),
    (
        (
            r"^the numbers lie far apart: (\S+) (\S+) beside (\S+) (\S+) \(m3 or m3/day\); "
            r"the small one is right to about a thousandth$"
        ),
        r"數值大小懸殊：\1 \2 與 \3 \4（m3 或 m3/day）；較小者約精確至千分之一",
    ),
    (
        r"^the factors of the equations lie far apart \((\S+) to (\S+)\): look at units$",
        r"方程式係數大小懸殊（\1 至 \2）：請檢查單位",
    ),
    (
        r"^switches were still decided otherwise after (\d+) rounds: another plan may be a little better$",
        r"經 \1 輪後開關之決定仍有變動：另一計畫可能略佳",
    ),
    (
        r"^the smallest change from the previous plan was not found: of equally good plans this is any one$",
        "未能求得與前次計畫變動最小者：此為同等計畫之一",
    ),
    (
        r"^surfaces and other values of the last pass settled only with storages held near it: prices of water may be off$",
        "水面等前次計算之值須將蓄水量固定於其附近方能收斂：水價可能有偏差",
    ),
    (
        r"^values that depend on the last pass had not settled after (\d+) passes; (\S+) still changed by (\S+)$",
        r"依前次計算而定之值於 \1 次計算後仍未收斂；\2 仍變動 \3",
    ),
    (r"^the previous plan has no step and flow in common with this one$", "前次計畫與本計畫並無共同之時段與流量"),
    # Rungs of the ladder.
    (
        r"^planned without switches: what is on or off may be partly on, with average losses$",
        "未計開關而規劃：啟閉之設施可為部分開啟，損失取平均值",
    ),
    (r"^planned with one value of the members for (.+)$", r"以下序列採成員之單一值規劃：\1"),
    (r"^relaxed in full: (.+)$", r"全部放寬：\1"),
    (r"^relaxed: (\S+) is not kept$", r"放寬：不遵守 \1"),
    (r"^relaxed: (\S+) at (\S+) of its value \(declared: (\S+)\)$", r"放寬：\1 取其值之 \2（所定上限：\3）"),
    (r"^stopped by the clock: cannot be replayed$", "因時間限制而停止：無法重演"),
    (r"^orders of the plan of (\S+), for the (\d+) days that are left of it$", r"沿用 \1 計畫之指令，計其所餘 \2 日"),
    (r"^nothing fits with users cut by the curves: they are not cut$", "依規線減供時無可行解：不予減供"),
    (r"^the plan ends before (\S+): (.+)$", r"計畫止於 \1 之前：\2"),
    (r"^backup warm start: from the plan of (\S+)$", r"備援暖啟動：取自 \1 之計畫"),
    (r"^(\S+) is new: taken from the scenario's own state$", r"\1 為新增：取自情境本身之狀態"),
    # Turns.
    (
        r"^(\S+) lacked (\S+) m3 more from before than is planned for all days: that is given up$",
        r"\1 先前所欠較所有日之計畫量多 \2 m3：此部分不再補足",
    ),
    (
        (
            r"^the turns of (\S+) cannot go on from the gates that are open as they begin; "
            r"they begin with all gates shut, which somebody has to see to\.$"
        ),
        r"\1 之輪灌無法自現有開啟之閘門接續；改由所有閘門關閉起始，須派人處理。",
    ),
    (
        r"^(\S+) runs on from (\S+ \S+) to (\S+ \S+), (\S+) m3 although (\S+) is closed: (.+); somebody has to see to it\.$",
        r"\1 於 \2 至 \3 仍持續放水 \4 m3，雖 \5 已關閉：\6；須派人處理。",
    ),
    (
        r"^(\S+) runs on from (\S+ \S+) to (\S+ \S+), (\S+) m3 more than is wanted of it: (.+); somebody has to see to it\.$",
        r"\1 於 \2 至 \3 仍持續放水，較所需多 \4 m3：\5；須派人處理。",
    ),
    (r"nobody is there to shut it before(?=；)", "此前無人可關閉"),
    (r"its minimum run lasts(?=；)", "最短運轉時間未滿"),
    (r"it cannot be shut before(?=；)", "此前無法關閉"),
    # The past, the policy, other models.
    (
        (
            r"^nothing is given of the past before (\S+), and zero is taken, for (.+)\. "
            r"Add 'under_way' with their flows; starts and stops are rows in the table of the state\.$"
        ),
        r"\1 之前未提供下列流量之歷史，皆以零計：\2。請以 'under_way' 提供；啟動與停止為狀態表之列。",
    ),
    (r"(?<=\()since (?=\d{4}-)", "自 "),
    (
        r"^no goal counts '(\w+)' of (.+): (.+)\. Add a goal with the term (\{.+\}) to the policy\.$",
        r"政策無目標計入 \2 之 '\1'：\3。請於政策加入含 \4 之目標。",
    ),
    (r" and (\d+) more(?=之| 之)", r" 等另 \1 項"),
    (r"water may leave beyond what the spillway passes", "洩水可能超過溢洪道能力"),
    (r"water may run over the dam", "水可能溢過壩頂"),
    (r"the flood pool may be filled for nothing", "防洪空間可能無故蓄滿"),
    (r"the dead storage may be used like any other water", "呆水量可能如一般水使用"),
    (r"it may go without water for nothing", "可能無故缺水"),
    (r"the river may be left dry", "河道可能斷流"),
    (r"the (?:limit|target|rule) holds nothing", "此限制無任何作用"),
    (r"gates may be moved as often as they like", "閘門可能任意頻繁操作"),
    (r"the reserve on site may be used at any time", "廠內備援水量可能隨時動用"),
    (r"fields may be fallowed for nothing", "農田可能無故休耕"),
    (r"the transfer is used like any other link", "緊急調度將如一般管線使用"),
    (r"water may be let go for nothing, on the first day already", "首日即可能無故放水"),
    (r"nothing tells when a stage should be announced", "無從判定何時應公告水情階段"),
    (r"^source (\S+) is not asked: (\S+) of (\S+) does not stand in (\S+)$", r"來源 \1 不予查詢：\3 之主機 \2 未列於 \4"),
    (r"^'ping' is not asked: (\S+) of (\S+) does not stand in (\S+)$", r"'ping' 不予查詢：\2 之主機 \1 未列於 \3"),
    (r"^not carried over: (.+)$", r"未能轉入：\1"),
    (r"^(\d+) more were not carried over: see 'not_carried_over'$", r"另有 \1 項未能轉入：見 'not_carried_over'"),
    # Days as they happen.
    (
        r"^more water came than structures were told to take; orders were exceeded(.*)$",
        r"來水多於指令所定取水量；實際超過指令\1",
    ),
    (
        r"^each day is planned alone, so that no water is sent for over (.+): it arrives on a later day$",
        r"逐日單獨規劃，故不經 \1 送水：其水於後日方能到達",
    ),
    (r"^perfect foresight, for a dated table tells them ahead: (.+)$", r"以下序列由載明日期之表預先得知，屬完美預知：\1"),
    (
        r"^learnt from a record that reaches beyond the day, for it is too short before: (.+)$",
        r"當日以前紀錄過短，故以延伸至當日以後之紀錄學習：\1",
    ),
    (r"^taken as planned on days on which nobody observed them: (.+)$", r"無人觀測之日視同計畫值：\1"),
    (r": on (\d+) days, first on (\S+)$", r"：計 \1 日，首日 \2"),
)
