"""Nodes of bare flow networks, accounts and groups, each worked out by hand in the comments."""

import datetime as dt

from network.example import START, Example, make, yesterday
from waterbalance.network.component import Component
from waterbalance.network.state import Past

TWO_DAYS_BEFORE = START - dt.timedelta(days=2)


def source(name: str = "spring", to: tuple[str, ...] = ("town",), **fields: object) -> Component:
    return make("source_node", name, to=to, **fields)


def town(**fields: object) -> Component:
    """100 a day are worth 10 each."""
    return make("demand_node", "town", **{"maximum_flow": 100, "price": -10, **fields})


EXAMPLES = {
    # The cheap spring gives its 60 a day, the dear one what is left of 100.
    "source_node": Example(
        (source("cheap", maximum_flow=60, price=1), source("dear", price=3), town()),
        {
            ("cheap", "flow"): (60, 600),
            ("cheap", "cost"): (60, 600),
            ("dear", "flow"): (40, 400),
            ("dear", "cost"): (120, 1200),
        },
    ),
    # 100 a day come: the town, which pays more, takes its 80, and 20 go on to the village.
    "demand_node": Example(
        (
            source(maximum_flow=100),
            town(maximum_flow=80, to=("village",)),
            make("demand_node", "village", maximum_flow=50, price=-1),
        ),
        {("town", "flow"): (80, 800), ("town", "cost"): (-800, -8000), ("village", "flow"): (20, 200)},
    ),
    # 50 a day come out, for which 62.5 go in.
    "link_node": Example(
        (source(to=("main",)), make("link_node", "main", to=("town",), maximum_flow=50, loss_share=0.25, price=1), town()),
        {
            ("spring", "flow"): (62.5, 625),
            ("main", "flow"): (50, 500),
            ("main", "lost"): (12.5, 125),
            ("main", "cost"): (50, 500),
            ("town", "flow"): (50, 500),
        },
    ),
    # 500 + 30 - 100, then 430 + 300 - 680: the least storage is 50. A cubic metre in store is worth 2.
    "storage_node": Example(
        (
            source(to=("lake",), minimum_flow=30, maximum_flow=30),
            make("storage_node", "lake", to=("town",), capacity=600, minimum_storage=50, price=-2),
            town(),
        ),
        {("lake", "storage"): (430, 50), ("lake", "cost"): (140, 760), ("town", "flow"): (100, 680)},
        stocks={("lake", "storage"): 500},
        series={("town", "price"): (-10, -9)},
    ),
    # 30 a day were on their way, 50 follow: after two days 30; then one day of 30 and nine of 50.
    "delay_node": Example(
        (
            source(to=("reach",), minimum_flow=50, maximum_flow=50),
            make("delay_node", "reach", to=("town",), travel_time=2),
            town(),
        ),
        {("reach", "inflow"): (50, 500), ("reach", "flow"): (30, 480), ("town", "flow"): (30, 480)},
        past={("reach", "inflow"): (Past(TWO_DAYS_BEFORE, START, 60),)},
    ),
    # 40 are left; on the second step's first day the account is filled with 300.
    "flow_account": Example(
        (source(), town(), make("flow_account", "licence", factors={"town": 1}, refill=300, refilled_on="03-11")),
        {
            ("licence", "used"): (40, 300),
            ("licence", "filled"): (0, 300),
            ("licence", "account"): (0, 0),
            ("town", "flow"): (40, 300),
        },
        stocks={("licence", "account"): 40},
    ),
    # A use comes back after a day: yesterday's 20 at first, then the 50 and nine tenths of the 20 that were at hand.
    "flow_account-rolling": Example(
        (source(), town(), make("flow_account", "licence", factors={"town": 1}, refill=100, returns_after=1)),
        {
            ("licence", "used"): (50, 20),
            ("licence", "returned"): (20, 68),
            ("licence", "account"): (20, 68),
            ("town", "flow"): (50, 20),
        },
        stocks={("licence", "account"): 50},
        past={("licence", "used"): yesterday(20)},
        series={("town", "price"): (-10, -5)},
    ),
    # Three times as much of the second as of the first, 60 a day together.
    "flow_group": Example(
        (
            source("first"),
            source("second"),
            town(),
            make(
                "flow_group",
                "mixture",
                weights={"first": 1, "second": 1},
                proportions={"first": 1, "second": 3},
                maximum_flow=60,
            ),
        ),
        {("mixture", "flow"): (60, 600), ("first", "flow"): (15, 150), ("second", "flow"): (45, 450)},
    ),
    # One of two springs runs: 60 of the cheap one save 540 a day, 90 of the dear one 630.
    "exclusive_flows": Example(
        (
            source("cheap", price=1),
            source("dear", price=3),
            town(),
            make(
                "exclusive_flows",
                "one_pump",
                maximum_flows={"cheap": 60, "dear": 90},
                minimum_flows={"dear": 80},
                at_least=1,
            ),
        ),
        {
            ("dear", "flow"): (90, 900),
            ("cheap", "flow"): (0, 0),
            ("one_pump", "running cheap"): (0, 0),
            ("one_pump", "running dear"): (1, 1),
        },
    ),
}
