"""From what exists, what is expected and what is preferred to a plan."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import UsageError
from waterbalance.optimise.change import smallest_change
from waterbalance.optimise.compile import compile_step
from waterbalance.optimise.explain import require_usable
from waterbalance.optimise.extract import extract
from waterbalance.optimise.givens import resolve
from waterbalance.optimise.inputs import require_connected, require_fitting
from waterbalance.optimise.limit import limited
from waterbalance.optimise.numbers import numbers_of, require_comparable
from waterbalance.optimise.objective import Measures
from waterbalance.optimise.rank import NEGLIGIBLE, optimise_in_ranks
from waterbalance.optimise.revise import settle
from waterbalance.optimise.tile import layout_of, links_of, tile
from waterbalance.solver.highs import WarmSolver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.network import Network
    from waterbalance.network.state import State
    from waterbalance.optimise.givens import Givens
    from waterbalance.optimise.rank import Ranked
    from waterbalance.optimise.step import Key
    from waterbalance.optimise.tile import Layout
    from waterbalance.plan.plan import Plan
    from waterbalance.policy.goal import Policy
    from waterbalance.solver.outcome import Outcome
    from waterbalance.solver.program import Program

SWITCH_STEPS = 14
"""Switches are whole numbers in the first steps; later ones are relaxed, with average losses."""

RESTLESS = "the smallest change from the previous plan was not found: of equally good plans this is any one"


def solve(
    network: Network,
    state: State,
    forecasts: Forecasts,
    policy: Policy,
    horizon: Horizon | None = None,
    previous: Plan | None = None,
) -> Plan:
    """Plan the horizon of the forecasts (or of `horizon`, which must be the same).

    `forecasts` hold one member a series (`Forecasts.choose`). Raises `NoPlanError` when the physics cannot hold, naming
    the components and dates that conflict, and `InputError` when the state or a series lacks something.
    """
    return Planner(network).plan(state, forecasts, policy, horizon, previous)


class Planner:
    """A network compiled once, with its solver kept warm from plan to plan.

    Use it to roll day after day or to try what-ifs; for a single plan call `solve`. Not to be shared between threads.

    Each goal's search for switches ends after `time_limit` [s] or `node_limit` nodes of its tree (which, unlike seconds, gives
    the same plan everywhere). There is a plan then, too: the best that was found, with its gap in the ranks and in a note.
    """

    def __init__(
        self,
        network: Network,
        *,
        switch_steps: int = SWITCH_STEPS,
        time_limit: float | None = None,
        node_limit: int | None = None,
    ) -> None:
        require_connected(network)
        self.network = network
        self.step = compile_step(network)
        self._switch_steps = switch_steps
        self._time_limit, self._node_limit = time_limit, node_limit
        self._solver: WarmSolver | None = None

    @property
    def grain(self) -> float:
        """Volumes that the last plan did not tell apart: what a frozen goal may move without meaning. [m3]."""
        return 0.0 if self._solver is None else NEGLIGIBLE * self._solver.scale

    def plan(
        self,
        state: State,
        forecasts: Forecasts,
        policy: Policy,
        horizon: Horizon | None = None,
        previous: Plan | None = None,
        at_most: Mapping[Key, Floats] | None = None,
        held: Mapping[str, float] | None = None,
    ) -> Plan:
        """Plan once; values that depend on the last pass (hedging) are revised until they settle.

        `at_most` limits chosen quantities further than the network does: component and quantity -> shape (steps,).
        `held` lets goals get as bad as a value, not only as their best, for the sake of later ones: goal's name -> value.
        """
        if horizon is not None and horizon != forecasts.horizon:
            raise UsageError("the forecasts are on another horizon than the plan")
        require_fitting(self.network, state, forecasts, policy)

        def one_pass(revised: Givens) -> Plan:
            return self._one_pass(state, forecasts, policy, previous, revised, at_most or {}, held or {})

        return settle(self.network, one_pass)

    def _one_pass(
        self,
        state: State,
        forecasts: Forecasts,
        policy: Policy,
        previous: Plan | None,
        revised: Givens,
        at_most: Mapping[Key, Floats],
        held: Mapping[str, float],
    ) -> Plan:
        horizon = forecasts.horizon
        givens = resolve(self.network, forecasts, self.step.givens, self.step.derived, revised)
        require_comparable(self.network, givens, horizon)
        series = np.array([givens[key] for key in self.step.givens]).reshape(len(self.step.givens), len(horizon))
        layout = layout_of(self.step, len(horizon))
        links = links_of(self.step, layout, horizon, state)
        program, readings, offset = tile(self.step, layout, links, series, switch_steps=self._switch_steps)
        program = limited(program, layout, at_most)
        measures = Measures(self.step.readings.names, self.step.measures, readings, offset)
        solver = self._warm(program)

        def require(outcome: Outcome) -> None:
            require_usable(outcome, solver, self.step, layout, horizon)

        ranks = partial(optimise_in_ranks, solver, policy, measures, self.network, forecasts, givens, require, held=held)
        searched: tuple[Ranked, ...] = ()
        if program.integer.any():
            searched, decided = ranks(share=False)
            _fix_switches(solver, program, decided)
        ranked, values = ranks(share=True)
        ranked = _as_searched(ranked, searched)
        restless = False
        if policy.smallest_change:
            outcome = smallest_change(solver, layout, self._chosen_flows(layout), horizon, previous)
            restless = not outcome.usable
            values = values if restless else outcome.values[: program.columns]
        values = np.clip(values, program.lower, program.upper)
        plan = extract(
            self.step,
            layout,
            values,
            readings @ values,
            offset,
            ranked,
            policy,
            forecasts,
            givens,
            state,
            self._switch_steps,
            program,
            numbers_of(program, self.network, givens, horizon),
        )
        return replace(plan, notes=(*plan.notes, RESTLESS)) if restless else plan

    def _warm(self, program: Program) -> WarmSolver:
        if self._solver is None or program.integer.any():
            self._solver = WarmSolver(program, time_limit=self._time_limit, node_limit=self._node_limit)
        else:
            self._solver.update(program)
        return self._solver

    def _chosen_flows(self, layout: Layout) -> tuple[tuple[str, str], ...]:
        """What gates and pumps are told: the inflows of links, without stocks and switches."""
        return tuple(
            key for key in layout.columns if key[1] in {"inflow", "reverse_inflow"} and not self.network[key[0]].is_place
        )


def _as_searched(ranked: tuple[Ranked, ...], searched: tuple[Ranked, ...]) -> tuple[Ranked, ...]:
    """Goals with the gap and the end of their search for switches, which the linear program after it does not know."""
    found = {each.goal.name: each.outcome for each in searched}
    return tuple(
        replace(each, outcome=replace(each.outcome, gap=found[each.goal.name].gap, stop=found[each.goal.name].stop))
        if each.goal.name in found
        else each
        for each in ranked
    )


def _fix_switches(solver: WarmSolver, program: Program, decided: Floats) -> None:
    """Hold the switches at what was decided; from here on the program is linear and has duals."""
    solver.drop_added()
    solver.relax_integers()
    switches = np.flatnonzero(program.integer)
    whole = np.round(decided[switches])
    solver.bound_columns(switches, whole, whole)
