"""Bare flow networks, as other tools have them: nodes with limits and prices, licences as accounts, flows in proportion."""

import datetime as dt

from gallery.building import START, Case, case, in_order, least, make

CHEAPEST = in_order(least("cost"))


def merit_order() -> Case:
    """Two springs of 15 at 1 and 2 a cubic metre, a town that pays 10: both run dry before the town has its 40."""
    return case(
        make("source_node", "first", to=("town",), maximum_flow=15, price=1),
        make("source_node", "second", to=("town",), maximum_flow=15, price=2),
        make("demand_node", "town", maximum_flow=40, price=-10),
        days=(1, 5),
        policy=CHEAPEST,
        says={("first", "flow"): (15, 75), ("second", "flow"): (15, 75), ("town", "flow"): (30, 150)},
        goals={"cost": 15 * 6 * (1 + 2) - 30 * 6 * 10},
    )


def water_that_joins_on_the_way() -> Case:
    """10 come from above, and 3 join at the outfall of the works, where the river goes on: 13 reach the mouth."""
    return case(
        make("source_node", "river", to=("works",), minimum_flow=10, maximum_flow=10),
        make("source_node", "works", to=("mouth",), minimum_flow=3, maximum_flow=3),
        make("demand_node", "mouth"),
        days=(1, 2),
        policy=CHEAPEST,
        says={("mouth", "flow"): (13, 26)},
    )


def not_worth_its_cost() -> Case:
    """A delivery is worth 2, and the way to it costs 3: nothing flows but the least that must."""
    return case(
        make("source_node", "spring", to=("pass",), price=1),
        make("link_node", "pass", to=("town",), price=2, minimum_flow=4),
        make("demand_node", "town", price=-2),
        days=(1, 1),
        policy=CHEAPEST,
        says={("pass", "flow"): (4, 4), ("town", "flow"): (4, 4)},
        goals={"cost": 8},
    )


def licence_of_a_season() -> Case:
    """100 from 12 to 13 March, when it is filled: 10 a day are left before, 100 in the season, and no limit after it."""
    return case(
        make("source_node", "spring", to=("town",)),
        make("demand_node", "town", maximum_flow=80, price=-1),
        make("flow_account", "licence", factors={"town": 2}, refill=100, refilled_on="03-11", closed_on="03-13", opened=START),
        days=(1, 1, 1, 1),
        stocks={("licence", "account"): 60},
        policy=CHEAPEST,
        series={("town", "price"): (-1, -2, -1, -1)},
        says={
            ("town", "flow"): (80, 50, 0, 80),
            ("licence", "used"): (0, 100, 0, 0),
            ("licence", "account"): (60, 0, 0, 0),
        },
    )


def licence_of_two_months() -> Case:
    """Filled on the first of every second month after its opening: on 1 May, and not on 1 April."""
    opened = dt.date(2021, 3, 1)
    return case(
        make("source_node", "spring", to=("town",)),
        make("demand_node", "town", maximum_flow=10, price=-1),
        make("flow_account", "licence", factors={"town": 1}, refill=70, refilled_every=2, opened=opened),
        days=(31, 30, 31),
        start=opened,
        stocks={("licence", "account"): 20},
        policy=CHEAPEST,
        series={("town", "price"): (-2, -1, -1)},
        says={("town", "flow"): (20, 0, 70), ("licence", "account"): (0, 0, 0)},
    )


def two_wells_at_least() -> Case:
    """Together the wells must give 15 a day, although nobody wants it: the cheap one does."""
    return case(
        make("source_node", "cheap", to=("drain",), price=1, maximum_flow=20),
        make("source_node", "dear", to=("drain",), price=9, maximum_flow=20),
        make("demand_node", "drain"),
        make("flow_group", "wells", weights={"cheap": 1, "dear": 1}, minimum_flow=15),
        days=(1, 2),
        policy=CHEAPEST,
        says={("cheap", "flow"): (15, 30), ("dear", "flow"): (0, 0), ("wells", "flow"): (15, 30)},
    )


def licence_of_two_months_in_steps_of_months() -> Case:
    """Filled on 1 September. The 31 days of October are longer than the step before them, but that began on that day."""
    opened = dt.date(2021, 3, 1)
    return case(
        make("source_node", "spring", to=("town",)),
        make("demand_node", "town", maximum_flow=10, price=-1),
        make("flow_account", "licence", factors={"town": 1}, refill=70, refilled_every=2, opened=opened),
        days=(31,),
        start=dt.date(2021, 10, 1),
        stocks={("licence", "account"): 5},
        policy=CHEAPEST,
        says={("town", "flow"): (5,), ("licence", "account"): (0,)},
    )


def one_of_two_pumps() -> Case:
    """The town wants 15 a day at 10, then 5: the large pump, which gives 8 to 12 at 3, pays alone at first.

    It saves 12 x 7 = 84 against 5 x 9 = 45 of the small pump. When the town wants 5, the large one would have to give 8.
    """
    return case(
        make("source_node", "small", to=("town",), price=1),
        make("source_node", "large", to=("town",), price=3),
        make("demand_node", "town", price=-10),
        make("exclusive_flows", "pumps", maximum_flows={"small": 5, "large": 12}, minimum_flows={"large": 8}),
        days=(1, 1),
        policy=CHEAPEST,
        series={("town", "maximum_flow"): (15, 5)},
        says={("large", "flow"): (12, 0), ("small", "flow"): (0, 5), ("town", "flow"): (12, 5)},
        goals={"cost": -12 * 7 - 5 * 9},
    )


def licence_that_rests_full() -> Case:
    """10 are left on the last day of the season; the account is filled when it rests, and what is used then does not count."""
    return case(
        make("source_node", "spring", to=("town",)),
        make("demand_node", "town", maximum_flow=30, price=-1),
        make(
            "flow_account",
            "licence",
            factors={"town": 1},
            refill=100,
            refilled_on="03-01",
            closed_on="03-11",
            rests_full=True,
            opened=dt.date(2021, 3, 1),
        ),
        days=(1, 1),
        start=dt.date(2021, 3, 10),
        stocks={("licence", "account"): 10},
        policy=CHEAPEST,
        says={("town", "flow"): (10, 30), ("licence", "used"): (10, 0), ("licence", "account"): (0, 100)},
    )


def licence_of_three_days_that_returns_at_once() -> Case:
    """20 in any three days, of which 8 a day are wanted: 8, 8, 4, and then each what was used three days before."""
    return case(
        make("source_node", "spring", to=("town",)),
        make("demand_node", "town", maximum_flow=8, price=-1),
        make("flow_account", "licence", factors={"town": 1}, refill=20, returns_after=3, returns_at_once=True, opened=START),
        days=(1, 1, 1, 1, 1, 1),
        stocks={("licence", "account"): 20},
        policy=CHEAPEST,
        series={("town", "price"): (-6, -5, -4, -3, -2, -1)},
        says={("town", "flow"): (8, 8, 4, 8, 8, 4), ("licence", "account"): (12, 4, 0, 0, 0, 0)},
    )


CASES = (
    merit_order,
    water_that_joins_on_the_way,
    not_worth_its_cost,
    licence_of_a_season,
    licence_of_two_months,
    two_wells_at_least,
    licence_of_two_months_in_steps_of_months,
    one_of_two_pumps,
    licence_that_rests_full,
    licence_of_three_days_that_returns_at_once,
)
