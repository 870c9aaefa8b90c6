"""Drought stages, by rule and by choice, solved by hand in the comments."""

from network.example import Example, make, pipe, yesterday

STAGES = (
    {"name": "normal"},
    {"name": "dry", "below": {"lower_curve": 1}, "cuts": {"agriculture": 0.5}, "cost_per_day": 2},
    {"name": "severe", "below": {"severe_curve": 1}, "cuts": {"agriculture": 0.8}, "cost_per_day": 5},
)
COSTS = {"announced_cost": {"agriculture": 1}, "unannounced_cost": {"agriculture": 3}}
NOTHING_ANNOUNCED = {("lights", "announced dry"): yesterday(0), ("lights", "announced severe"): yesterday(0)}
WITHOUT_CURVES = tuple({key: value for key, value in stage.items() if key != "below"} for stage in STAGES)

EXAMPLES = {
    # 300 lie above the curve. 200 lie below both, but only one stage is announced at a time; it takes effect two days later,
    # so that 8 of the 10 days are cut by half of 10 a day: 40 lack, at 1 each, and 8 days cost 2 each.
    "drought_stage": Example(
        (
            make("reservoir", "lake", capacity=1000),
            pipe("lake", "zone"),
            make("irrigation_zone", "zone", area=1e4),
            make(
                "drought_stage",
                "lights",
                reservoirs=("lake",),
                users=("zone",),
                stages=STAGES,
                lower_curve=250,
                severe_curve=220,
                lead_time=2,
                **COSTS,
            ),
        ),
        {
            ("lights", "stage"): (0, 1),
            ("lights", "announced dry"): (0, 10),
            ("lights", "in_force dry"): (0, 8),
            ("lights", "curtailment"): (0, 40),
            ("lights", "damage"): (0, 56),
            ("zone", "delivery"): (100, 60),
            ("lake", "storage"): (200, 140),
        },
        stocks={("lake", "storage"): 300},
        past=NOTHING_ANNOUNCED,
        series={("zone", "demand"): (100, 100)},
    ),
    # 120 are stored for a demand of 20 a day: 100 will lack. Announced on the first day, in force from the second, a cut by
    # half saves just these, at 1 each, and ten days cost 2 each: 120. Announced later it would be 90 + 3 x 10 + 2 x 9 = 138,
    # and without a word 300.
    "drought_stage_choice": Example(
        (
            make("reservoir", "lake", capacity=1000),
            pipe("lake", "zone"),
            make("irrigation_zone", "zone", area=1e4),
            make("drought_stage_choice", "lights", users=("zone",), stages=WITHOUT_CURVES, lead_time=1, **COSTS),
        ),
        {
            ("lights", "at_least dry"): (1, 1),
            ("lights", "at_least severe"): (0, 0),
            ("lights", "raised"): (1, 0),
            ("lights", "announced dry"): (1, 10),
            ("lights", "in_force dry"): (0, 10),
            ("lights", "curtailment zone"): (0, 100),
            ("lights", "damage"): (0, 120),
            ("zone", "delivery"): (20, 100),
        },
        stocks={("lake", "storage"): 120},
        past=NOTHING_ANNOUNCED,
        series={("zone", "demand"): (20, 200)},
    ),
}
