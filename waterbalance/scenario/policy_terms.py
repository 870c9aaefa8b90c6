"""Whether the terms of a scenario's own policy say anything about its network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.errors import Finding
from waterbalance.scenario.wording import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.policy.goal import Term
    from waterbalance.scenario.document import Document, PathInside
    from waterbalance.scenario.scenario import Scenario

Key = tuple[str, str]

DAMAGE = "damage"
ENTITLEMENT = "entitlement"


def unfit_terms(scenario: Scenario, document: Document, measured: set[Key]) -> Iterator[Finding]:
    """Findings about measures, components and benefits that do not exist, each at its place in the file.

    `measured` are the measures of the network, by component.
    """
    for goal_number, goal in enumerate(scenario.policy.goals):
        for number, term in enumerate(goal.terms):
            path = ("policy", "goals", goal_number, "terms", number)
            # The last goal may come from the end conditions, which have their own checks.
            if document.node(path) is not None:
                yield from _unfit(term, path, scenario, document, measured)
                if goal.shared == "proportional to right":
                    yield from _without_a_right(term, path, scenario, document, measured)


def costs_of_nothing(scenario: Scenario, document: Document, measured: set[Key]) -> Iterator[Finding]:
    """A preset that weighs the damage of shortages, in a network where no shortage has a price."""
    terms = [term for goal in scenario.policy.goals for term in goal.terms]
    if any(term.measure == DAMAGE for term in terms) and not any(measure == DAMAGE for _, measure in measured):
        yield Finding(
            "no user has a damage, so that a shortage costs nothing",
            document.place(("policy", "preset")),
            repr(scenario.policy.name),
            "marginal_damage of at least one user",
            "Give users a marginal_damage, or choose another preset.",
        )


def _unfit(term: Term, path: PathInside, scenario: Scenario, document: Document, measured: set[Key]) -> Iterator[Finding]:
    measures = sorted({measure for _, measure in measured})
    if term.measure not in measures:
        place = document.place((*path, "measure"))
        remedy = nearest(term.measure, measures, "Choose one of those.")
        yield Finding("unknown measure", place, repr(term.measure), listed(measures), remedy)
    names = sorted(scenario.network.components)
    for index, name in enumerate(term.components):
        place = document.place((*path, "components", index))
        if name not in names:
            yield Finding("unknown component", place, repr(name), listed(names), nearest(name, names, "Choose one of those."))
        elif term.measure in measures and (name, term.measure) not in measured:
            own = sorted(measure for owner, measure in measured if owner == name)
            what = f"{name}, a {scenario.network[name].type_name()}, has no such measure"
            remedy = nearest(term.measure, own, f"Take {name!r} out of the term.")
            yield Finding(what, place, repr(term.measure), listed(own), remedy)
    yield from _benefit_of_nothing(term, path, scenario, document, measured)


def _benefit_of_nothing(
    term: Term, path: PathInside, scenario: Scenario, document: Document, measured: set[Key]
) -> Iterator[Finding]:
    """A benefit that no table gives for any component of the term: every one of them would be left out."""
    chosen = _chosen(term, scenario, measured)
    if term.benefit is None or not chosen:
        return
    given = {*scenario.series, *scenario.forecasts}
    if not any((name, term.benefit) in given for name in chosen):
        columns = [f"{name}.{term.benefit}" for name in chosen]
        remedy = f"Add a column '{columns[0]} [1]' to a table, or leave the benefit out."
        place = document.place((*path, "benefit"))
        yield Finding("no table gives this benefit", place, repr(term.benefit), f"a column for {listed(columns)}", remedy)


def _without_a_right(
    term: Term, path: PathInside, scenario: Scenario, document: Document, measured: set[Key]
) -> Iterator[Finding]:
    """Users who should share in proportion to a right that neither a field nor a table gives."""
    given = {*scenario.series, *scenario.forecasts}
    for name in _chosen(term, scenario, measured):
        user = scenario.network[name]
        if user.shortage_of is not None and user.default_given(ENTITLEMENT) is None and (name, ENTITLEMENT) not in given:
            what = f"{name} shares in proportion to its right and has none"
            remedy = f"Give {name!r} an entitlement (0 if it comes after all others), or leave it out of the term."
            yield Finding(what, document.place(path), f"no {ENTITLEMENT!r}", "a field or a table", remedy)


def _chosen(term: Term, scenario: Scenario, measured: set[Key]) -> list[str]:
    """Components whose measure the term adds up."""
    return sorted(
        name
        for name, measure in measured
        if measure == term.measure
        and (not term.components or name in term.components)
        and (not term.user_classes or scenario.network[name].user_class_name in term.user_classes)
    )
