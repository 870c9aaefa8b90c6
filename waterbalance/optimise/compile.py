"""One step, compiled: sparse rows whose entries are affine in the givens.

Pyomo's parameterised standard form treats the givens as data, so that each matrix entry and right-hand side comes out
as `constant + coefficients x givens`; all steps are then filled by one sparse product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyomo.core as pyo
import scipy.sparse as sp
from pyomo.common.gc_manager import PauseGC
from pyomo.repn import generate_standard_repn
from pyomo.repn.plugins.parameterized_standard_form import ParameterizedLinearStandardFormCompiler

from waterbalance.errors import UsageError
from waterbalance.optimise.step import Derived, Key, LinkedColumn, StepWriter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from waterbalance.horizon import Floats, Integers
    from waterbalance.network.network import Network


@dataclass(frozen=True)
class Affine:
    """Numbers that are affine in the givens."""

    constant: Floats
    """Shape (numbers,)."""

    coefficients: sp.csr_array
    """Shape (numbers, givens)."""

    def over(self, series: Floats) -> Floats:
        """Their values at every step, for givens of shape (givens, steps); shape (numbers, steps)."""
        if self.coefficients.nnz == 0:
            return np.repeat(self.constant[:, None], series.shape[1], axis=1)
        values: Floats = self.constant[:, None] + self.coefficients @ series
        return values

    def some(self, which: Integers) -> Affine:
        """Only the numbers at these positions."""
        return Affine(self.constant[which], self.coefficients[which])


@dataclass(frozen=True)
class Rows:
    """Sparse rows of one step: sum of entry x column, compared with side."""

    names: tuple[Key, ...]
    row: Integers
    column: Integers
    entry: Affine
    side: Affine
    kind: Integers
    """-1 for >=, 0 for ==, 1 for <=."""


@dataclass(frozen=True)
class CompiledStep:
    """One step of one network, free of Pyomo."""

    columns: tuple[Key, ...]
    lower: Affine
    upper: Affine
    integer: npt.NDArray[np.bool_]
    season: npt.NDArray[np.bool_]
    """Switches that are whole at every step, not only at the first ones."""
    number: npt.NDArray[np.bool_]
    """Columns without a volume: switches, days, starts."""
    rows: Rows
    readings: Rows
    """Expressions that the plan reads: reading = sum of entry x column - side."""
    givens: tuple[Key, ...]
    derived: Mapping[Key, Derived]
    links: tuple[LinkedColumn, ...]
    stocks: tuple[Key, ...]
    measures: Mapping[Key, str]
    """Measures and their units."""
    units: Mapping[Key, str]
    """Units of columns that are no flows over the step."""


def compile_step(network: Network) -> CompiledStep:
    """Write one step of the network in Pyomo and compile it."""
    # Thousands of small expressions are made and none is dropped: the garbage collector would only search in vain.
    with PauseGC():
        return _compile(network)


def _compile(network: Network) -> CompiledStep:
    model = pyo.ConcreteModel()
    writer = StepWriter(model)
    writer.write(network)
    model.reading = pyo.Constraint(pyo.Any)
    # The compiler leaves out rows without columns. A reading may have none (a natural inflow, a loss of zero): the anchor
    # is a column in each of them, and is taken out again afterwards.
    model.anchor = pyo.Var()
    for key, expression in writer.readings.items():
        model.reading[key] = expression + model.anchor == 0.0
    # Every column enters the objective, so that none is missing from the compiled form.
    model.everything = pyo.Objective(expr=sum(writer.column.values()) + model.anchor)
    form = ParameterizedLinearStandardFormCompiler().write(model, wrt=[writer.given_value], mixed_form=True)
    return _read_form(form, model, writer)


def _read_form(form: Any, model: Any, writer: StepWriter) -> CompiledStep:  # noqa: ANN401
    givens = tuple(writer.given_value)
    position = {id(writer.given_value[key]): number for number, key in enumerate(givens)}
    width = len(form.columns)
    matrix = form.A.tocsc() if not hasattr(form.A, "indptr") or len(form.A.indptr) != width + 1 else form.A
    anchor = next(number for number, column in enumerate(form.columns) if column is model.anchor)
    columns = tuple(column.index() for column in form.columns if column is not model.anchor)
    column = np.repeat(np.arange(width), np.diff(matrix.indptr))
    others = np.flatnonzero(column != anchor)
    row = np.asarray(matrix.indices, dtype=np.int64)[others]
    column = column[others] - (column[others] > anchor)
    entry = _affine([matrix.data[number] for number in others], position)
    side = _affine(list(form.rhs), position)
    kind = np.array([each.bound_type for each in form.rows], dtype=np.int64)
    is_reading = np.array([each.constraint.parent_component() is model.reading for each in form.rows], dtype=bool)
    names = [each.constraint.index() for each in form.rows]

    def part(wanted: npt.NDArray[np.bool_]) -> Rows:
        chosen = np.flatnonzero(wanted)
        number = np.full(len(wanted), -1)
        number[chosen] = np.arange(len(chosen))
        entries = np.flatnonzero(wanted[row])
        return Rows(
            tuple(names[index] for index in chosen),
            number[row[entries]],
            column[entries],
            entry.some(entries),
            side.some(chosen),
            kind[chosen],
        )

    return CompiledStep(
        columns=columns,
        lower=_affine([_bound(writer, key, 0, -np.inf) for key in columns], position),
        upper=_affine([_bound(writer, key, 1, np.inf) for key in columns], position),
        integer=np.array([key in writer.switches for key in columns], dtype=bool),
        number=np.array([key in writer.switches or key in writer.numbers for key in columns], dtype=bool),
        season=np.array([key in writer.season_switches for key in columns], dtype=bool),
        rows=part(~is_reading),
        readings=part(is_reading),
        givens=givens,
        derived=writer.derivations,
        links=tuple(writer.links.values()),
        stocks=tuple(writer.stocks),
        measures=dict(writer.measures),
        units=dict(writer.units),
    )


def _bound(writer: StepWriter, key: Key, side: int, none: float) -> Any:  # noqa: ANN401
    bound = writer.bounds.get(key, (None, None))[side]
    return none if bound is None else bound


def _affine(expressions: Sequence[Any], position: Mapping[int, int]) -> Affine:
    """Read Pyomo expressions of givens as constants and sparse coefficients."""
    constant = np.zeros(len(expressions))
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for number, expression in enumerate(expressions):
        if not hasattr(expression, "is_expression_type"):
            constant[number] = expression
            continue
        if not expression.is_expression_type():
            rows.append(number)
            columns.append(position[id(expression)])
            values.append(1.0)
            continue
        affine = generate_standard_repn(expression)
        if not affine.is_linear():
            raise UsageError(f"{expression} multiplies givens with each other; compute the product with step.derived")
        constant[number] = affine.constant
        rows.extend([number] * len(affine.linear_vars))
        columns.extend(position[id(variable)] for variable in affine.linear_vars)
        values.extend(affine.linear_coefs)
    coefficients = sp.csr_array((values, (rows, columns)), shape=(len(expressions), len(position)))
    return Affine(constant, coefficients)
