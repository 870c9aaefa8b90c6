"""Values that depend on the last pass (hedging by storage, head, surface): repeat until they settle."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.optimise.near import Near, largest_move
from waterbalance.plan.audit import Book

if TYPE_CHECKING:
    from collections.abc import Callable

    from waterbalance.horizon import Floats
    from waterbalance.network.network import Network
    from waterbalance.optimise.givens import Givens
    from waterbalance.optimise.step import Key
    from waterbalance.plan.plan import Plan

Revised = tuple["Givens", ...]
"""Values of the last pass, for each path of the plan."""

MOST_PASSES = 24
"""After so many passes what still changes is told in a note."""

FREE_PASSES = 6
"""Passes that take any of equally good plans; later ones take the one nearest to the last, or two lakes could swap for ever."""

NEARLY_SETTLED = 0.05
"""Where every value changes by less than this, the nearest plan is taken at once. No stage or cut changes by so little. [-]"""

UNBOUND_PASSES = 16
"""Passes in which storages may go anywhere; in later ones they move less and less from pass to pass."""

SHRINKAGE = 1 / 8
"""Most that a storage moves in a pass, as a share of the largest move in the last one. [-]"""

HELD = "surfaces and other values of the last pass settled only with storages held near it: prices of water may be off"


def settle(network: Network, one_pass: Callable[[Revised, Near | None], Plan], revised: Revised) -> tuple[Plan, Revised]:
    """Plan, let every component revise its givens from the plan, and plan again until nothing changes.

    Begins with the values of `revised`; returns the plan with those that it was made with.

    A component returns a given as it was where the change no longer matters to it. Later passes take, of equally good
    plans, the one nearest to the last; very late ones hold storages near it, and a note tells so. A plan that has not
    settled after `MOST_PASSES` passes is returned with a note that names what still changed, and by how much. Where members
    part, each branch revises its own, and before they part what is expected of all branches counts.
    """
    plan = one_pass(revised, None)
    changed: dict[Key, float] = {}
    earlier: Revised = tuple({} for _ in plan.paths)
    before: Plan | None = None
    room = np.inf
    for passes in range(1, MOST_PASSES + 1):
        plan = plan.after_passes(passes)
        news = tuple(_news(network, Book(network, *each)) for each in zip(plan.paths, earlier, strict=True))
        news = news if plan.ensemble is None else plan.ensemble.agreed(news)
        changed = _changes(news, plan)
        if not changed:
            return _with_readings(network, plan if np.isinf(room) else replace(plan, notes=(*plan.notes, HELD))), revised
        revised = tuple({**old, **new} for old, new in zip(revised, news, strict=True))
        earlier = tuple(path.givens for path in plan.paths)
        is_near = passes > FREE_PASSES or max(changed.values()) < NEARLY_SETTLED
        room = SHRINKAGE * largest_move(before, plan) if before is not None and passes > UNBOUND_PASSES else np.inf
        before = plan
        plan = one_pass(revised, Near(plan, room) if is_near else None)
    (component, name), change = max(changed.items(), key=lambda each: each[1])
    note = (
        f"values that depend on the last pass had not settled after {MOST_PASSES} passes; "
        f"{component}.{name} still changed by {change:.1%}"
    )
    return _with_readings(network, replace(plan.after_passes(MOST_PASSES + 1), notes=(*plan.notes, note))), revised


def _news(network: Network, book: Book) -> Givens:
    return {(component.name, name): values for component in network for name, values in component.revise(book).items()}


def _changes(news: Revised, plan: Plan) -> dict[Key, float]:
    """By how much givens change at most, in any branch; those that stay are left out."""
    found: dict[Key, float] = {}
    for new, path in zip(news, plan.paths, strict=True):
        for key, values in new.items():
            if key in path.givens and (change := _change(values, path.givens[key])) > 0:
                found[key] = max(change, found.get(key, 0.0))
    return found


def _change(values: Floats, last: Floats) -> float:
    """By what share of the largest value a given changes at most; 0 where it stayed. [-]."""
    if np.allclose(values, last, rtol=1e-9, atol=1e-12):
        return 0.0
    with np.errstate(invalid="ignore"):
        differences = np.where(values == last, 0.0, np.abs(values - last))
    largest = max(np.abs(values).max(), np.abs(last).max())
    return float(differences.max() / largest) if np.isfinite(largest) else float("inf")


def _with_readings(network: Network, plan: Plan) -> Plan:
    """The plan with what its components read from it, in every branch."""
    if plan.ensemble is not None:
        branches = tuple(replace(each, plan=_with_readings(network, each.plan)) for each in plan.ensemble.branches)
        shown = branches[0].plan
        return replace(plan, values=shown.values, units=shown.units, ensemble=replace(plan.ensemble, branches=branches))
    book = Book(network, plan)
    read = {(component.name, name): value for component in network for name, value in component.readings(book).items()}
    if not read:
        return plan
    for _, values in read.values():
        values.setflags(write=False)
    return replace(
        plan,
        values=dict(sorted({**plan.values, **{key: values for key, (_, values) in read.items()}}.items())),
        units={**plan.units, **{key: unit for key, (unit, _) in read.items()}},
    )
