"""Texts about what a plan is made for: one value of the members, or several of them."""

FUTURES = {
    "planning_values": "Planning values",
    "planning_values.none": "median of every forecast",
    "planning_values.rest": "all other forecasts: median",
    "futures": "Planned for several futures",
    "futures.told": "{count} of {out_of} members stand for all: {members}. Orders are the same for all of them until {until}; "
    "later values are those of member {shown}. What is lost by choosing few is {distance} of the members' own spread.",
    "futures.member": "{member} ({likely})",
    "futures.note": "Expected results of the goals: with this plan; if in the common days the orders of a plan for one value of "
    "the members were followed; if it were known today which member comes.",
    "futures.plan": "This plan",
    "futures.one_value": "Planned for one value",
    "futures.known_ahead": "If it were known",
    "futures.no_plan": "no plan for some member",
}
