"""The same input gives the same bytes: twice, after pickling, and from the thread pool of another process."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from gallery import GALLERY
from waterbalance.optimise.solve import solve
from waterbalance.plan.plan import Plan
from waterbalance.policy.presets import drought_practice

NAMES = ("canal_with_filling", "delayed_reach", "hedging", "look_ahead", "rolling_right", "three_users_sharing", "two_way_pipe")

IN_A_POOL = """
import sys
from concurrent.futures import ThreadPoolExecutor

from gallery import GALLERY
from waterbalance.optimise.solve import solve

def plan(name):
    case = GALLERY[name]()
    return solve(case.network, case.state, case.forecasts, case.policy).to_frame().to_csv(index=False)

names = sys.argv[1:]
with ThreadPoolExecutor(max_workers=4) as pool:
    sys.stdout.write("\\f".join(pool.map(plan, names * 4)))
"""


def planned(name: str) -> Plan:
    case = GALLERY[name]()
    return solve(case.network, case.state, case.forecasts, case.policy)


def as_bytes(plan: Plan) -> str:
    return plan.to_frame().to_csv(index=False)


@pytest.mark.parametrize("name", GALLERY)
def test_the_same_input_gives_the_same_bytes(name: str) -> None:
    assert as_bytes(planned(name)) == as_bytes(planned(name))


def test_plans_from_a_thread_pool_are_the_plans_from_a_loop() -> None:
    """Four workers, every case four times at once, in a process of its own."""
    tests = Path(__file__).resolve().parents[1]
    program = f"import sys; sys.path[:0] = [{str(tests)!r}, {str(tests.parent)!r}]\n{IN_A_POOL}"
    done = subprocess.run(
        [sys.executable, "-c", program, *NAMES], capture_output=True, text=True, check=False, timeout=300, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    serial = [as_bytes(planned(name)) for name in NAMES]
    assert done.stdout.split("\f") == serial * 4


@pytest.mark.parametrize("name", NAMES)
def test_plans_and_networks_can_be_pickled(name: str) -> None:
    case, plan = GALLERY[name](), planned(name)
    copy = pickle.loads(pickle.dumps(plan))  # noqa: S301 (our own bytes)
    assert as_bytes(copy) == as_bytes(plan)
    assert copy.state_after(1) == plan.state_after(1)
    network = pickle.loads(pickle.dumps(case.network))  # noqa: S301
    assert list(network) == list(case.network)
    assert as_bytes(solve(network, case.state, case.forecasts, case.policy)) == as_bytes(plan)


def test_the_horizon_may_be_named_and_must_be_the_same() -> None:
    case = GALLERY["look_ahead"]()
    plan = solve(case.network, case.state, case.forecasts, drought_practice(), case.forecasts.horizon)
    assert plan.horizon == case.forecasts.horizon
