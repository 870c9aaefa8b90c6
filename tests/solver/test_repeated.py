"""Programs that are solved again and again: every answer is an optimum as cold HiGHS, asked by scipy, finds it."""

from itertools import combinations, product

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from waterbalance.horizon import Floats
from waterbalance.solver import repeated
from waterbalance.solver.known_basis import BASIC, LOWER, UPPER, Basis, KnownBasis
from waterbalance.solver.merged import Merged
from waterbalance.solver.programs import Programs
from waterbalance.solver.repeated import RepeatedSolver

NONE = np.empty(0, dtype=np.int64)


def cold(programs: Programs, program: int) -> float | None:
    """The least cost of one of the programs."""
    matrix = programs.matrix(program).toarray()
    lower, upper = programs.row_lower[:, program], programs.row_upper[:, program]
    sides = [(matrix[np.isfinite(upper)], upper[np.isfinite(upper)]), (-matrix[np.isfinite(lower)], -lower[np.isfinite(lower)])]
    rows, limits = np.vstack([each for each, _ in sides]), np.concatenate([each for _, each in sides])
    bounds = np.column_stack([programs.lower[:, program], programs.upper[:, program]])
    found = linprog(programs.cost[:, program], A_ub=rows, b_ub=limits, bounds=bounds)
    return float(found.fun) if found.status == 0 else None


def random_programs(seed: int, count: int, *, networks: bool, most: int = 9) -> Programs:
    """Programs with a solution; every third row says that one column follows another where they are `networks`."""
    random = np.random.default_rng(seed)
    columns, rows = int(random.integers(3, most)), int(random.integers(1, most - 3))
    dense = np.where(random.random((rows, columns)) < 0.6, random.integers(-3, 4, (rows, columns)), 0).astype(float)
    inside = random.integers(0, 5, (columns, count)).astype(float)
    equal = random.random(rows) < 0.5
    if networks:
        for row in range(0, rows, 3):
            one, other = random.choice(columns, 2, replace=False)
            dense[row] = 0.0
            dense[row, [one, other]] = float(random.integers(1, 3)), -float(random.integers(1, 3))
            equal[row] = True
            inside[:] = 0.0
    matrix = sp.csr_array(dense)
    sides = matrix @ inside
    slack = random.integers(0, 3, (rows, count))
    return Programs(
        indptr=matrix.indptr,
        indices=matrix.indices,
        entries=matrix.data[:, None],
        row_lower=np.where(equal[:, None], sides, sides - slack),
        row_upper=np.where(equal[:, None] | (random.random(rows) < 0.5)[:, None], sides, np.inf),
        lower=np.minimum(inside, random.integers(0, 2, (columns, count))).astype(float),
        upper=inside + random.integers(0, 6, (columns, count)),
        cost=np.repeat(random.integers(-4, 5, (columns, 1)).astype(float), count, axis=1),
    )


def moved(programs: Programs, seed: int) -> Programs:
    """The same matrix with other limits; feasible where the old ones were, or not."""
    random = np.random.default_rng(seed)
    shift = random.integers(0, 3, programs.upper.shape)
    return Programs(
        **{**vars(programs), "upper": programs.upper + shift, "cost": np.roll(programs.cost, int(random.integers(0, 2)), axis=0)}
    )


def solver(programs: Programs) -> RepeatedSolver:
    lasting = (programs.row_lower == programs.row_lower[:, :1]).all(axis=1) & (
        programs.row_upper == programs.row_upper[:, :1]
    ).all(axis=1)
    return RepeatedSolver(programs, np.zeros(programs.columns, dtype=bool), lasting, NONE, NONE)


def require_optimal(programs: Programs, values: Floats) -> None:
    """Every program's columns keep all limits, at the least cost; those without a solution have no numbers."""
    for program in range(programs.count):
        least, found = cold(programs, program), values[:, program]
        if least is None:
            assert np.isnan(found).all()
            continue
        assert programs.cost[:, program] @ found == pytest.approx(least, abs=1e-7)
        amounts = programs.matrix(program) @ found
        assert (found >= programs.lower[:, program] - 1e-8).all()
        assert (found <= programs.upper[:, program] + 1e-8).all()
        assert (amounts >= programs.row_lower[:, program] - 1e-8).all()
        assert (amounts <= programs.row_upper[:, program] + 1e-8).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.booleans(), st.sampled_from([1, 3, 8]))
def test_every_answer_is_an_optimum(seed: int, networks: bool, count: int) -> None:
    programs = random_programs(seed, count, networks=networks)
    again = solver(programs)
    for time in range(6):
        require_optimal(programs, again.minimise(programs))
        programs = moved(programs, seed + time)


def test_a_basis_answers_for_many_without_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight times a + b = side, a <= 3, a cheaper: where the basis holds, HiGHS is asked once by each and never again."""
    searches = []
    search = repeated.Search.minimise
    monkeypatch.setattr(repeated.Search, "minimise", lambda self, scaled: (searches.append(self), search(self, scaled))[1])

    def programs(sides: Floats) -> Programs:
        ones = np.ones((1, 8))
        return Programs(
            indptr=np.array([0, 2]),
            indices=np.array([0, 1]),
            entries=np.ones((2, 1)),
            row_lower=ones * sides,
            row_upper=ones * sides,
            lower=np.zeros((2, 8)),
            upper=np.vstack([3 * ones, 9 * ones]),
            cost=np.vstack([ones, 2 * ones]),
        )

    again = solver(programs(np.arange(8) + 0.5))
    again.minimise(programs(np.arange(8) / 8 + 4))
    assert len(searches) == 8
    assert again.minimise(programs(np.arange(8) / 8 + 5)) == pytest.approx(np.vstack([np.full(8, 3.0), np.arange(8) / 8 + 2]))
    assert len(searches) == 8
    again.minimise(programs(np.array([2, 5, 5, 5, 5, 5, 5, 5.0])))
    assert len(searches) == 9


@pytest.mark.parametrize("seed", range(12))
def test_of_all_bases_some_say_yes_and_those_are_optima(seed: int) -> None:
    """Every basis of a small program is asked: each yes has the least cost, and whatever has an optimum gets a yes."""
    programs = random_programs(seed, 5, networks=False, most=6)
    least = [cold(programs, program) for program in range(programs.count)]
    width, answered = programs.columns + programs.rows, set()
    costs = [cost.tobytes() for cost in np.ascontiguousarray(programs.cost.T)]
    scales = np.ones(programs.columns), np.ones(programs.rows)
    for basic in combinations(range(width), programs.rows):
        others = [place for place in range(width) if place not in basic]
        for limits in product((LOWER, UPPER), repeat=len(others)):
            stands = np.full(width, BASIC, dtype=np.int8)
            stands[others] = limits
            basis = Basis(stands[: programs.columns], stands[programs.columns :])
            known = KnownBasis(basis, programs.matrix(0), *scales)
            best = known.best(programs, np.arange(programs.count), costs)
            if not len(best):
                continue
            values, inside = known.vertices(programs, best)
            for program, vertex in zip(best[inside].tolist(), values.T[inside], strict=True):
                assert programs.cost[:, program] @ vertex == pytest.approx(least[program], abs=1e-7)
                answered.add(program)
    assert answered == {program for program, each in enumerate(least) if each is not None}


def test_followers_are_one_column() -> None:
    """2 a = b, b = 3 c: one column that each is a multiple of, with the closest of their limits; only where rows last."""
    matrix = sp.csr_array(np.array([[2.0, -1, 0, 0], [0, 1, -3, 0], [1, 1, 1, 1]]))
    ones = np.ones((4, 1))
    programs = Programs(
        indptr=matrix.indptr,
        indices=matrix.indices,
        entries=matrix.data[:, None],
        row_lower=np.array([[0.0], [0], [5]]),
        row_upper=np.array([[0.0], [0], [9]]),
        lower=np.array([[0.0], [1], [0], [0]]),
        upper=np.array([[7.0], [12], [2], [4]]),
        cost=ones,
    )
    merged = Merged(programs, np.array([True, True, True]))
    fewer = merged.reduced(programs)
    assert (fewer.columns, fewer.rows) == (2, 1)
    assert merged.expanded(np.array([[3.0], [1.0]])).ravel() == pytest.approx([3, 6, 2, 1])
    assert fewer.lower.ravel() == pytest.approx([0.5, 0])
    assert fewer.upper.ravel() == pytest.approx([3, 4])
    assert fewer.cost.ravel() == pytest.approx([1 + 2 + 2 / 3, 1])
    assert fewer.entries.ravel() == pytest.approx([1 + 2 + 2 / 3, 1])
    kept = Merged(programs, np.array([False, True, True])).reduced(programs)
    assert (kept.columns, kept.rows) == (3, 2)
