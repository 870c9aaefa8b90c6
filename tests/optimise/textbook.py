"""A second route to what ranks and equity promise: for every user a linear program of its own, solved by scipy.

The program is the multi-period Pyomo model (untiled, links as equations) with one more column for the shortage of every user
in every step and of every share (a user in a ten-day period), so that each question changes bounds and costs only.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyomo.environ as pyo
import scipy.optimize
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from gallery import Case
from waterbalance.optimise.pyomo_model import multi_period_model
from waterbalance.plan.plan import Plan

RANKS = ("domestic", "industry", "agriculture")
"""Highest first; the policies of these tests follow it."""

Share = tuple[str, int]
Bounds = dict[tuple[str, object, int], tuple[float, float]]


@dataclass(frozen=True)
class Textbook:
    """One case and the plan that is judged."""

    case: Case
    plan: Plan

    @cached_property
    def periods(self) -> np.ndarray:
        return np.array(self.case.forecasts.horizon.periods())

    @cached_property
    def near(self) -> float:
        """Volumes that the solver's tolerance may move, several times over. [m3]"""
        return 3e-6 * max(1.0, *(float(np.abs(values).max()) for values in self.plan.values.values()))

    @cached_property
    def users(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.case.network if type(each).shortage_of is not None)

    def rank(self, user: str) -> int:
        return RANKS.index(str(self.case.network[user].user_class_name))

    def lack(self, user: str, period: int) -> float:
        return float(self.plan.values[user, "shortage"][self.periods == period].sum())

    def wants(self, user: str, period: int) -> float:
        return float(self.plan.givens[user, "demand"][self.periods == period].sum())

    @cached_property
    def shares(self) -> tuple[Share, ...]:
        pairs = [(user, int(period)) for user in self.users for period in np.unique(self.periods)]
        return tuple(pair for pair in pairs if self.wants(*pair) > 0)

    def least(self, cost: dict[tuple[str, object, int], float], bounds: Bounds) -> float:
        """The least weighted sum of added columns while others stay within bounds; infinite where they cannot."""
        form, columns = self._form
        c = np.zeros(len(form.columns))
        for column, weight in cost.items():
            c[columns[column]] = weight
        limits = np.array([column.bounds for column in form.columns], dtype=float)
        for column, limit in bounds.items():
            limits[columns[column]] = limit
        matrix, sides = form.A.tocsr(), np.asarray(form.rhs)
        kind = np.array([row.bound_type for row in form.rows])
        found = scipy.optimize.linprog(
            c,
            A_eq=matrix[kind == 0],
            b_eq=sides[kind == 0],
            A_ub=(scipy.sparse.vstack([matrix[kind > 0], -matrix[kind < 0]]) if (kind != 0).any() else None),
            b_ub=np.concatenate([sides[kind > 0], -sides[kind < 0]]) if (kind != 0).any() else None,
            bounds=limits,
        )
        assert found.status in {0, 2}, found.message
        return float(found.fun) if found.status == 0 else np.inf

    @cached_property
    def _form(self) -> tuple[object, dict[tuple[str, object, int], int]]:
        model, writers = multi_period_model(self.case.network, self.case.state, self.case.forecasts)
        for t, writer in enumerate(writers):
            for key in writer.switches:
                # Switches are decided first and then held: equity is promised for what is left.
                writer.column[key].domain = pyo.Reals
                writer.column[key].fix(float(self.plan.values[key][t]))
        model.added = pyo.Var(pyo.Any, dense=False)
        model.tie = pyo.Constraint(pyo.Any)
        everywhere: dict[tuple[str, object, int], object] = {}
        for t, writer in enumerate(writers):
            for user in self.users:
                everywhere["lack", user, t] = writer.readings[user, "shortage"]
            for key in writer.measures:
                if key[1] in {"below_dead_storage", "shortfall"}:
                    everywhere["physical", key, t] = writer.readings[key]
        for user, period in self.shares:
            inside = np.flatnonzero(self.periods == period)
            everywhere["share", user, period] = sum(model.added["lack", user, int(t)] for t in inside)
        for column, expression in everywhere.items():
            model.tie[column] = model.added[column] == expression
        model.anything = pyo.Objective(expr=sum(model.added[column] for column in everywhere))
        form = LinearStandardFormCompiler().write(model, mixed_form=True)
        number = {id(column): place for place, column in enumerate(form.columns)}
        return form, {column: number[id(model.added[column])] for column in everywhere}

    def held(self, rank: int) -> Bounds:
        """What no user of this rank may touch: physical goals, and every senior user on every day."""
        bounds: Bounds = {}
        for column in self._form[1]:
            kind, who, t = column
            if kind == "physical":
                bounds[column] = (-np.inf, float(self.plan.values[who][t]) + self.near)
            elif kind == "lack" and self.rank(str(who)) < rank:
                bounds[column] = (-np.inf, float(self.plan.values[str(who), "shortage"][t]) + self.near)
        return bounds


def could_be_helped_by_juniors(book: Textbook) -> list[str]:
    """Users whose shortage over the plan falls when only junior users take less, and everybody else is served as planned.

    Nobody may be here: no senior user is short while a junior one takes water that could have reached him.
    """
    found = []
    for user in book.users:
        rank = book.rank(user)
        bounds = book.held(rank)
        for other in book.users:
            if other != user and book.rank(other) == rank:
                for t, lack in enumerate(book.plan.values[other, "shortage"]):
                    bounds["lack", other, t] = (-np.inf, float(lack) + book.near)
        total = {("lack", user, t): 1.0 for t in range(len(book.periods))}
        planned = float(book.plan.values[user, "shortage"].sum())
        least = book.least(total, bounds)
        slack = 1e-4 * planned + (1 + len(bounds)) * book.near
        if least < planned - slack:
            found.append(f"{user} lacks {planned:.6g}; with less for juniors it could be {least:.6g}")
    return found


def could_be_fairer(book: Textbook, tolerance: float) -> list[str]:
    """Shares whose ratio falls by two tolerances while no larger or equal one of the rank rises, and no smaller one as far.

    A level is kept to a quarter of the tolerance, and that much of a large demand is a lot of a small one: so the others do
    not only stay, they come down by this quarter (which they cannot if their level is the lowest there is). Within their
    periods all stay as even as they are: nobody's worst step gets worse, but up to the ratio in question.
    """
    found = []
    for user, period in book.shares:
        wants, rank = book.wants(user, period), book.rank(user)
        ratio = book.lack(user, period) / wants
        if ratio <= 2 * tolerance:
            continue
        bounds = book.held(rank)
        for other, when in book.shares:
            if book.rank(other) != rank:
                continue
            inside = np.flatnonzero(book.periods == when)
            demand, lack = (book.plan.givens[other, "demand"][inside], book.plan.values[other, "shortage"][inside])
            own = (other, when) == (user, period)
            reach = 0.0 if own else ratio - 2 * tolerance
            if not own:
                most = max(float(lack.sum() / demand.sum()) - tolerance / 4, reach)
                bounds["share", other, when] = (-np.inf, most * float(demand.sum()) + book.near)
            worst = max(reach, float((lack / demand).max()))
            for t, asked in zip(inside, demand, strict=True):
                bounds["lack", other, int(t)] = (-np.inf, worst * float(asked) + book.near)
        least = book.least({("share", user, period): 1.0}, bounds) / wants
        if least < ratio - 2 * tolerance - 1e-4:
            found.append(f"{user} in period {period} has {ratio:.4f}; it could have {least:.4f}")
    return found
