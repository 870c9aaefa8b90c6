"""From what exists, what is expected and what is preferred to a plan."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from waterbalance.errors import NoPlanError, UsageError
from waterbalance.forecast.fan import Fan
from waterbalance.network.component import Component
from waterbalance.optimise.change import calm_flows, smallest_change
from waterbalance.optimise.compile import compile_step
from waterbalance.optimise.decide import MOST_DECISIONS, UNDECIDED, Decisions, better, hold, relax
from waterbalance.optimise.explain import require_usable
from waterbalance.optimise.extract import extract
from waterbalance.optimise.givens import resolve
from waterbalance.optimise.inputs import require_connected, require_fitting
from waterbalance.optimise.lifelines_first import require_lifelines_uncut
from waterbalance.optimise.limit import followed, limited
from waterbalance.optimise.near import within_room
from waterbalance.optimise.numbers import numbers_of, require_comparable
from waterbalance.optimise.objective import Measures
from waterbalance.optimise.posed import Posed
from waterbalance.optimise.rank import NEGLIGIBLE, optimise_in_ranks
from waterbalance.optimise.reach import within_reach
from waterbalance.optimise.revise import settle
from waterbalance.optimise.tile import layout_of, links_of, tile
from waterbalance.optimise.tree import Tree
from waterbalance.solver.highs import WarmSolver
from waterbalance.solver.outcome import Stop

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.horizon import Floats, Horizon
    from waterbalance.network.network import Network
    from waterbalance.network.state import State
    from waterbalance.optimise.near import Near
    from waterbalance.optimise.rank import Ranked, Sharing
    from waterbalance.optimise.revise import Revised
    from waterbalance.optimise.step import Key
    from waterbalance.optimise.tile import Layout
    from waterbalance.plan.plan import Plan
    from waterbalance.policy.goal import Policy
    from waterbalance.solver.outcome import Outcome
    from waterbalance.solver.program import Program

SWITCH_STEPS = 14
"""Switches are whole numbers in the first steps; later ones are relaxed, with average losses. With 0 steps none is whole."""

LATE = "no plan: the time for it is over"

RESTLESS = "the smallest change from the previous plan was not found: of equally good plans this is any one"


def solve(
    network: Network,
    state: State,
    forecasts: Forecasts | Fan,
    policy: Policy,
    horizon: Horizon | None = None,
    previous: Plan | None = None,
) -> Plan:
    """Plan the horizon of the forecasts (or of `horizon`, which must be the same).

    `forecasts` hold one member a series (`Forecasts.choose`), or are a fan of members (`fan_of`): then all of them have the same
    orders in its common steps, and what is expected counts. Raises `NoPlanError` when the physics cannot hold, naming
    the components and dates that conflict, and `InputError` when the state or a series lacks something.
    """
    return Planner(network).plan(state, forecasts, policy, horizon, previous)


@dataclass(frozen=True)
class _Question:
    """What is asked of one plan."""

    state: State
    fan: Fan
    policy: Policy
    previous: Plan | None = None
    at_most: Mapping[Key, Floats] = field(default_factory=dict)
    held: Mapping[str, float] = field(default_factory=dict)
    orders: Mapping[Key, Floats] = field(default_factory=dict)

    @property
    def restricted(self) -> bool:
        """Whether somebody limits what may be chosen."""
        return bool(self.at_most or self.held or self.orders)

    @property
    def nothing_revised(self) -> Revised:
        """No values of a last pass."""
        return tuple({} for _ in self.fan.paths)


class Planner:
    """A network compiled once, with its solver kept warm from plan to plan.

    Use it to roll day after day or to try what-ifs; for a single plan call `solve`. Not to be shared between threads.

    Each goal's search for switches ends after `time_limit` [s] or `node_limit` nodes of its tree (which, unlike seconds, gives
    the same plan everywhere). There is a plan then, too: the best that was found, with its gap in the ranks and in a note.
    After `deadline` [s on the clock of `time.monotonic`] there is none.
    """

    def __init__(
        self,
        network: Network,
        *,
        switch_steps: int = SWITCH_STEPS,
        time_limit: float | None = None,
        node_limit: int | None = None,
        deadline: float = np.inf,
    ) -> None:
        require_connected(network)
        self.network = network
        self.step = compile_step(network)
        self._switch_steps = switch_steps
        self._time_limit, self._node_limit, self._deadline = time_limit, node_limit, deadline
        self._solver: WarmSolver | None = None

    def begin_afresh(self) -> None:
        """Forget the solver's last basis: the next plan comes out as from a new planner."""
        self._solver = None

    @property
    def grain(self) -> float:
        """Volumes that the last plan did not tell apart: what a frozen goal may move without meaning. [m3]."""
        return 0.0 if self._solver is None else NEGLIGIBLE * self._solver.scale

    def plan(
        self,
        state: State,
        forecasts: Forecasts | Fan,
        policy: Policy,
        horizon: Horizon | None = None,
        previous: Plan | None = None,
        at_most: Mapping[Key, Floats] | None = None,
        held: Mapping[str, float] | None = None,
        orders: Mapping[Key, Floats] | None = None,
    ) -> Plan:
        """Plan once; values that depend on the last pass (hedging) are revised until they settle.

        `at_most` limits chosen quantities further than the network does: component and quantity -> shape (steps,).
        `held` lets goals get as bad as a value, not only as their best, for the sake of later ones: goal's name -> value.
        `orders` are followed in the first steps: component and quantity -> shape (any number of steps,).
        """
        if horizon is not None and horizon != forecasts.horizon:
            raise UsageError("the forecasts are on another horizon than the plan")
        question = self._question(state, forecasts, policy)
        question = replace(question, previous=previous, at_most=at_most or {}, held=held or {}, orders=orders or {})
        plan = within_reach(self.network, self._settled(question))
        # Where somebody limits what may be chosen, he may leave a lifeline short, and no rule has done it.
        if not question.restricted:
            require_lifelines_uncut(self.network, plan, question.fan, policy, self._again)
        return plan

    def _question(self, state: State, forecasts: Forecasts | Fan, policy: Policy) -> _Question:
        fan = Fan.of(forecasts)
        for path in fan.paths:
            require_fitting(self.network, state, path, policy)
        return _Question(state, fan, policy)

    def _again(self, network: Network, state: State, fan: Fan, policy: Policy) -> Plan:
        """Another network planned with the same limits of time."""
        other = Planner(
            network,
            switch_steps=self._switch_steps,
            time_limit=self._time_limit,
            node_limit=self._node_limit,
            deadline=self._deadline,
        )
        return other.plan(state, fan, policy)

    def first_pass(self, state: State, forecasts: Forecasts | Fan, policy: Policy) -> Posed:
        """The program of the first pass, unsolved: to ask why there is no plan, or to keep it for others."""
        question = self._question(state, forecasts, policy)
        return self._pose(question, question.nothing_revised)

    def _settled(self, question: _Question) -> Plan:
        """The plan whose values of the last pass and switches have settled."""
        decisions: Decisions | None = None

        def one_pass(revised: Revised, near: Near | None) -> Plan:
            nonlocal decisions
            posed = self._pose(question, revised)
            if posed.program.integer.any() and (decisions is None or not self._possible(posed, decisions)):
                decisions = self._decide(question, posed)
            return self._optimise(question, posed, decisions, near)

        passes, revised = self._first_guess(question)
        plan, revised = settle(self.network, one_pass, revised)
        for _ in range(MOST_DECISIONS):
            passes += plan.passes
            # Decided for exactly these values: there is nothing to ask for again.
            if decisions is None or decisions.revised is revised:
                return plan.after_passes(passes)
            newer = self._decide(question, self._pose(question, revised), decisions)
            if newer.values is decisions.values:
                return plan.after_passes(passes)
            decisions = newer
            plan, revised = settle(self.network, one_pass, revised)
        return replace(plan.after_passes(passes + plan.passes), notes=(*plan.notes, UNDECIDED))

    def _first_guess(self, question: _Question) -> tuple[int, Revised]:
        """Values of the last pass to begin with: those that settle while switches are relaxed and nothing is shared.

        With the number of passes that it took.
        """
        if all(type(component).revise is Component.revise for component in self.network):
            return 0, question.nothing_revised

        def rough_pass(revised: Revised, _: Near | None) -> Plan:
            posed = self._pose(question, revised)
            relaxed = relax(posed.program)
            ranked, values = self._ranks(question, posed, self._warm(relaxed), "not")
            return self._plan(question, posed, ranked, np.clip(values, relaxed.lower, relaxed.upper))

        try:
            plan, revised = settle(self.network, rough_pass, question.nothing_revised)
        except NoPlanError:
            # Only a guess: whether there is a plan, and why not, is found without it.
            return 0, question.nothing_revised
        return (plan.passes if any(revised) else 0), revised

    def _pose(self, question: _Question, revised: Revised) -> Posed:
        """One pass as a program."""
        fan, tree = question.fan, Tree.of(question.fan)
        of_paths = [
            resolve(self.network, path, self.step.givens, self.step.derived, last)
            for path, last in zip(fan.paths, revised, strict=True)
        ]
        givens = {key: tree.on_nodes([each[key] for each in of_paths]) for key in of_paths[0]}
        require_comparable(self.network, givens)
        series = np.array([givens[key] for key in self.step.givens]).reshape(len(self.step.givens), tree.nodes)
        layout = layout_of(self.step, tree)
        links = links_of(self.step, layout, fan.horizon, question.state)
        program, readings, offset = tile(self.step, layout, links, series, switch_steps=self._switch_steps)
        measures = Measures(self.step.readings.names, self.step.measures, readings, offset, tree)
        program = followed(limited(program, layout, question.at_most), layout, question.orders)
        return Posed(revised, givens, layout, program, readings, offset, measures)

    def _possible(self, posed: Posed, decisions: Decisions) -> bool:
        """Whether anything fits with the switches as they were decided for other values."""
        solver = self._warm(hold(posed.program, decisions.values))
        return solver.minimise(np.zeros(posed.program.columns)).usable

    def _decide(self, question: _Question, posed: Posed, before: Decisions | None = None) -> Decisions:
        """Search for the best switches; those from before stay where the others are not better."""
        solver = WarmSolver(posed.program, time_limit=self._time_limit, node_limit=self._node_limit, deadline=self._deadline)
        old: tuple[Ranked, ...] = ()
        if before is not None:
            held = WarmSolver(hold(posed.program, before.values), deadline=self._deadline)
            old, known = self._ranks(question, posed, held, "roughly")
            solver.suggest(known)
        ranked, values = self._ranks(question, posed, solver, "roughly")
        stay = before is not None and not better(ranked, old, solver.scale)
        return Decisions(before.values if before is not None and stay else values, posed.revised, ranked)

    def _ranks(self, question: _Question, posed: Posed, solver: WarmSolver, share: Sharing) -> tuple[tuple[Ranked, ...], Floats]:
        """All goals in order; with the last solution."""

        def require(outcome: Outcome) -> None:
            if outcome.stop is Stop.TIME_LIMIT and time.monotonic() >= self._deadline:
                raise NoPlanError(LATE)
            require_usable(outcome, solver, self.step, posed.layout, question.fan.dates)

        return optimise_in_ranks(
            solver,
            question.policy,
            posed.measures,
            self.network,
            question.fan,
            posed.givens,
            require,
            share=share,
            held=question.held,
        )

    def _optimise(self, question: _Question, posed: Posed, decisions: Decisions | None, near: Near | None) -> Plan:
        """The plan of one pass, with its switches held."""
        program = posed.program if decisions is None else hold(posed.program, decisions.values)
        solver = self._warm_near(program, posed.layout, near)
        ranked, values = self._ranks(question, posed, solver, "fully")
        ranked = ranked if decisions is None else decisions.as_searched(ranked)
        restless = False
        horizon = question.fan.horizon
        if question.policy.smallest_change or near is not None:
            calm = question.policy.smallest_change
            flows = calm_flows(self.network, posed.layout.columns, self.step.stocks) if calm else {}
            outcome = smallest_change(solver, posed.layout, flows, horizon, question.previous, near)
            restless = not outcome.usable
            values = values if restless else outcome.values[: program.columns]
        plan = self._plan(question, posed, ranked, np.clip(values, program.lower, program.upper))
        return replace(plan, notes=(*plan.notes, RESTLESS)) if restless else plan

    def _plan(self, question: _Question, posed: Posed, ranked: tuple[Ranked, ...], values: Floats) -> Plan:
        """A solution by its names."""
        return extract(
            self.step,
            posed,
            values,
            ranked,
            question.policy,
            question.fan,
            question.state,
            self._switch_steps,
            numbers_of(posed.program, self.network, posed.givens),
        )

    def _warm_near(self, program: Program, layout: Layout, near: Near | None) -> WarmSolver:
        """The solver with storages held near the last pass, where they shall be and can be."""
        if near is not None and np.isfinite(near.room):
            held = self._warm(within_room(program, layout, near))
            if held.minimise(np.zeros(program.columns)).usable:
                return held
        return self._warm(program)

    def _warm(self, program: Program) -> WarmSolver:
        if self._solver is None:
            self._solver = WarmSolver(program, deadline=self._deadline)
        else:
            self._solver.update(program)
        return self._solver
