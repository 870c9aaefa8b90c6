"""How long building, hand-over, solving and re-solving take, against the size of the network and the number of steps.

    python tests/benchmarks/build_and_solve.py [reservoirs,zones,steps ...]

Build is everything from components to arrays (one step written and compiled in Pyomo, givens, tiling); hand-over is
scaling and passing the arrays to HiGHS. The budget for both is 0.15 s + 2 us a nonzero, and a tenth of the time of
HiGHS where that is over a second. Re-solve is a what-if: inflows up to a tenth higher or lower, built again and solved by
the solver that is still warm.
"""

import datetime as dt
import platform
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from waterbalance.forecast.fan import Fan
from waterbalance.forecast.forecast import Forecast, Forecasts
from waterbalance.horizon import Horizon
from waterbalance.network.component import Component, component_types
from waterbalance.network.network import Network
from waterbalance.network.state import Past, State
from waterbalance.optimise.compile import CompiledStep, compile_step
from waterbalance.optimise.givens import resolve
from waterbalance.optimise.objective import Measures, goal_cost
from waterbalance.optimise.tile import layout_of, links_of, tile
from waterbalance.optimise.tree import Tree
from waterbalance.policy.goal import Goal, Term
from waterbalance.solver.highs import WarmSolver
from waterbalance.solver.program import Program

START = dt.date(2021, 1, 1)
SIZES = ((10, 60, 30), (10, 60, 90), (10, 60, 365), (10, 60, 3650), (50, 1000, 30))
GOAL = Goal(name="shortage and spill", terms=(Term(measure="shortage", benefit="worth"), Term(measure="spill", weight=0.01)))


@dataclass(frozen=True)
class Times:
    """Seconds of one size."""

    build: float
    hand_over: float
    solve: float
    resolve: float
    nonzeros: int
    columns: int

    @property
    def share_of_budget(self) -> float:
        """Build and hand-over in units of the budget."""
        return (self.build + self.hand_over) / (0.15 + 2e-6 * self.nonzeros)

    @property
    def share_of_solve(self) -> float:
        """Build and hand-over in units of the first solve."""
        return (self.build + self.hand_over) / self.solve


def cascade(reservoirs: int, zones: int) -> Network:
    """Reservoirs one below the other, and canals of different lengths to the zones."""
    kinds, numbers = component_types(), np.random.default_rng(1)
    found: list[Component] = [kinds["outfall"](name="sea")]
    for number in range(reservoirs):
        below = "sea" if number + 1 == reservoirs else f"lake {number + 1}"
        fields = {"capacity": 2e7, "dead_storage": 1e6, "surface_area": 1e6, "evaporation_depth": 0.004, "spill_to": below}
        found.append(kinds["reservoir"](name=f"lake {number}", **fields))
        travel = float(numbers.uniform(0, 2))
        found.append(kinds["river_reach"](name=f"river {number}", source=f"lake {number}", target=below, travel_time=travel))
    for number in range(zones):
        source, target = f"lake {number % reservoirs}", f"zone {number}"
        fields = {"capacity": 2e5, "conveyance_loss": 0.1, "travel_time": float(numbers.uniform(0, 2.5))}
        found.append(kinds["canal"](name=f"canal {number}", source=source, target=target, **fields))
        found.append(kinds["irrigation_zone"](name=target, area=1e6))
    return Network.of(found)


def expected(network: Network, horizon: Horizon, seed: int) -> Forecasts:
    """Inflows, demands and what a cubic metre is worth, at random."""
    numbers, steps = np.random.default_rng(seed), len(horizon)
    zones = [component.name for component in network if component.type_name() == "irrigation_zone"]
    lakes = [component.name for component in network if component.type_name() == "reservoir"]
    series = {(name, "demand"): numbers.uniform(2e4, 1.2e5, steps) for name in zones}
    series |= {(name, "worth"): numbers.uniform(1, 2, steps) for name in zones}
    series |= {(name, "inflow"): numbers.gamma(2, 1e5, steps) * len(zones) / len(lakes) / 6 for name in lakes}
    return Forecasts(horizon, {key: Forecast(values[:, None], "random") for key, values in series.items()})


def revised(forecasts: Forecasts) -> Forecasts:
    """Inflows up to a tenth higher or lower, the same all else."""
    numbers = np.random.default_rng(4)
    series = {
        key: Forecast(each.values * numbers.uniform(0.9, 1.1, each.values.shape), "revised") if key[1] == "inflow" else each
        for key, each in forecasts.series.items()
    }
    return Forecasts(forecasts.horizon, series)


def program_of(step: CompiledStep, network: Network, state: State, forecasts: Forecasts) -> tuple[Program, np.ndarray]:
    """The tiled program and the cost of its columns."""
    horizon = forecasts.horizon
    givens = resolve(network, forecasts, step.givens, step.derived, {})
    series = np.array([givens[key] for key in step.givens]).reshape(len(step.givens), len(horizon))
    layout = layout_of(step, Tree.path(len(horizon)))
    links = links_of(step, layout, horizon, state)
    program, readings, offset = tile(step, layout, links, series, switch_steps=14)
    goal = goal_cost(
        GOAL, Measures(step.readings.names, step.measures, readings, offset, layout.tree), network, Fan.alone(forecasts)
    )
    assert goal is not None
    return program, goal[0]


def measure(reservoirs: int, zones: int, steps: int) -> Times:
    """Build, hand over, solve, and solve again with other inflows."""
    network = cascade(reservoirs, zones)
    horizon = Horizon(tuple(START + dt.timedelta(days=day) for day in range(steps + 1)))
    yesterday = (Past(START - dt.timedelta(days=4), START, 4e4),)
    links = [component.name for component in network if component.type_name() in {"canal", "river_reach"}]
    stocks = {(f"lake {number}", "storage"): 1e7 for number in range(reservoirs)}
    state = State(START, stocks, {(name, "inflow"): yesterday for name in links})
    today = expected(network, horizon, 2)
    clock = [time.perf_counter()]
    step = compile_step(network)
    program, cost = program_of(step, network, state, today)
    clock.append(time.perf_counter())
    solver = WarmSolver(program)
    clock.append(time.perf_counter())
    assert solver.minimise(cost).usable
    clock.append(time.perf_counter())
    if steps <= 365:
        program, cost = program_of(step, network, state, revised(today))
        solver.update(program)
        assert solver.minimise(cost).usable
    clock.append(time.perf_counter())
    build, hand_over, solve, again = np.diff(clock)
    return Times(build, hand_over, solve, again if steps <= 365 else np.nan, program.matrix.nnz, program.columns)


def main(sizes: tuple[tuple[int, ...], ...]) -> None:
    """Print the table."""
    measure(2, 4, 5)  # The first run pays for the imports.
    versions = ", ".join(f"{name} {version(name)}" for name in ("highspy", "pyomo", "scipy", "numpy"))
    print(f"{dt.datetime.now(tz=dt.UTC).date()}, Python {platform.python_version()}, {versions}\n")
    print(
        "| reservoirs, zones, steps | columns | nonzeros | build s | hand-over s | of budget | HiGHS s | of HiGHS | re-solve s |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for size in sizes:
        times = measure(*size)
        cells = (
            ", ".join(map(str, size)),
            f"{times.columns:,}",
            f"{times.nonzeros:,}",
            f"{times.build:.3f}",
            f"{times.hand_over:.3f}",
            f"{times.share_of_budget:.0%}",
            f"{times.solve:.2f}",
            f"{times.share_of_solve:.0%}",
            f"{times.resolve:.3f}" if np.isfinite(times.resolve) else "",
        )
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main(tuple(tuple(map(int, text.split(","))) for text in sys.argv[1:]) or SIZES)
