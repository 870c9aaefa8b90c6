"""What is wanted and what water is worth, solved by hand in the comments."""

from network.example import Example, make, pipe, river, wells, yesterday

EXAMPLES = {
    # 30 lack of 60 a day. The cheapest parts go first: 15 of the east at 1, then 15 of the west at 2; the next would cost 3.
    "irrigation_zone-marginal_damage": Example(
        (
            wells(30),
            pipe("wells", "east"),
            pipe("wells", "west"),
            make(
                "irrigation_zone",
                "east",
                area=1e4,
                demand=30,
                marginal_damage=({"beyond": 0, "value": 1}, {"beyond": 0.5, "value": 4}),
            ),
            make(
                "irrigation_zone",
                "west",
                area=1e4,
                demand=30,
                marginal_damage=({"beyond": 0, "value": 2}, {"beyond": 0.5, "value": 3}),
            ),
        ),
        {
            ("east", "shortage"): (15, 150),
            ("west", "shortage"): (15, 150),
            ("east", "damage"): (15, 150),
            ("west", "damage"): (30, 300),
        },
    ),
    # Of 300 in the lake 290 and 190 are left when the zone has its 10 a day: 10 above the range, then 10 below it.
    # (10 / 20)^2 lies on a corner of four segments: a quarter, for one day and for ten.
    "target_range": Example(
        (
            make("reservoir", "lake", capacity=1000),
            make("canal", "canal", source="lake", target="zone"),
            make("irrigation_zone", "zone", area=1e4, demand=10),
            make("target_range", "band", subject="lake", lower=200, upper=280, scale=20, segments=4),
        ),
        {
            ("lake", "storage"): (290, 190),
            ("band", "above"): (10, 0),
            ("band", "below"): (0, 10),
            ("band", "penalty"): (0.25, 2.5),
        },
        stocks={("lake", "storage"): 300},
    ),
    # The zone takes 80 of 100; the river lacks 30 of its 50 a day: (30 / 60)^2 a day.
    "flow_range": Example(
        (
            *river(100),
            make("canal", "canal", source="weir", target="zone"),
            make("irrigation_zone", "zone", area=1e4, demand=80),
            make("flow_range", "wanted", subject="river", lower=50, upper=90, scale=60, segments=2),
        ),
        {
            ("river", "inflow"): (20, 200),
            ("wanted", "below"): (30, 300),
            ("wanted", "above"): (0, 0),
            ("wanted", "penalty"): (0.25, 2.5),
        },
    ),
    # From yesterday's 20 the canal goes to 40 a day and stays there: (20 / 40)^2, once.
    "smooth_flow": Example(
        (
            *river(100),
            make("canal", "canal", source="weir", target="zone"),
            make("irrigation_zone", "zone", area=1e4, demand=40),
            make("smooth_flow", "calm", subject="canal", scale=40, segments=2),
        ),
        {("canal", "inflow"): (40, 400), ("calm", "change"): (20, 0), ("calm", "penalty"): (0.25, 0)},
        past={("canal", "inflow"): yesterday(20)},
    ),
    # 80 and then 70 are kept: 50 at 3, the rest at 1.
    "storage_value": Example(
        (
            make("reservoir", "lake", capacity=1000),
            make("canal", "canal", source="lake", target="zone"),
            make("irrigation_zone", "zone", area=1e4),
            make(
                "storage_value",
                "next season",
                storages=("lake",),
                marginal_value=({"above": 0, "value": 3}, {"above": 50, "value": 1}),
            ),
        ),
        {("lake", "storage"): (80, 70), ("next season", "storage_value"): (180, 170)},
        stocks={("lake", "storage"): 100},
        series={("zone", "demand"): (20, 10)},
    ),
}
