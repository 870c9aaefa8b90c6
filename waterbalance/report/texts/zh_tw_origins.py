"""How series came to be, in Traditional Chinese: the engine's own labels. Labels that a scenario gives stay as they are."""

ORIGINS = (
    (r"^recorded on (\d+) of (\d+) days, else (.*)", r"\2 日中 \1 日為實測值，其餘：\3"),
    (r"(^|：)recorded(?= \(|$)", r"\1實測值"),
    (r"(^|：)by date in the scenario$", r"\1情境檔依日期所列"),
    (r"^assumed at the start$", "期初假設值"),
    (r"^end condition: target$", "期末條件：目標蓄水量"),
    (r"^end condition: lower_curve$", "期末條件：下限"),
    (r"^end condition: severe_curve$", "期末條件：嚴重下限"),
    (r"^end condition: upper_curve$", "期末條件：上限"),
    (r"(^|：)people x litres a head(?= \(|$)", r"\1人口 × 每人每日用水量"),
    (r"(^|：)production plan x intensity(?= \(|$)", r"\1生產計畫 × 單位產品用水量"),
    (r"(^|：)household meters ([\d-]+)(?= \(|$)", r"\1\2 年家庭用水紀錄"),
    (r"(^|：)weather years ([\d-]+)(?= \(|$)", r"\1\2 年氣象資料"),
    (r"(^|：)climatology from ten-day statistics(?= \(|$)", r"\1各旬統計值"),
    (r"(^|：)climatology of ten-day means(?= \(|$)", r"\1各旬平均值"),
    (r"(^|：)climatology ([\d-]+), (\d+) years(?= \(|$)", r"\1\2 年各旬紀錄（\3 年）"),
    (r"(^|：)day-of-year climatology ([\d-]+)(?= \(|$)", r"\1\2 年同期紀錄"),
    (r"(^|：)river and climatology ([\d-]+)(?= \(|$)", r"\1\2 年河川流量與同期紀錄"),
    (r"(^|：)layers x litres, towers by the weather(?= \(|$)", r"\1光罩層數 × 每層用水量，冷卻水塔依氣象推算"),
    (r" \(median of (\d+) members\)$", r"（\1 組成員之中位數）"),
    (r" \(mean of (\d+) members\)$", r"（\1 組成員之平均值）"),
    (r" \(0\.(\d) of (\d+) members\)$", r"（\2 組成員之 \g<1>0% 分位數）"),
    (r" \(0\.([1-9]\d) of (\d+) members\)$", r"（\2 組成員之 \1% 分位數）"),
    (r" \(0\.0([1-9]) of (\d+) members\)$", r"（\2 組成員之 \1% 分位數）"),
)
"""Patterns of English labels and the words for them, applied one after another."""
