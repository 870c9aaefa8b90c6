"""Networks of the gallery as scenarios, for the ladder of plans."""

from dataclasses import replace

from gallery import Case
from waterbalance.operate.planning.ladder import Laddered, plan_by_ladder
from waterbalance.operate.planning.ladder_settings import LadderSettings
from waterbalance.scenario.scenario import Scenario
from waterbalance.scenario.schema import HorizonSettings
from waterbalance.schedule.derive import daily_steps


def scenario_of(case: Case) -> Scenario:
    """A scenario with the network of a case; its series and state are handed over beside it."""
    horizon = case.forecasts.horizon
    settings = HorizonSettings(start=horizon.start, daily_steps=daily_steps(horizon))
    return Scenario(name="gallery", time_zone=horizon.time_zone, horizon=settings, network=case.network, policy=case.policy)


def climb(case: Case, settings: LadderSettings | None = None, **told: object) -> Laddered:
    """The ladder on a case of the gallery."""
    return plan_by_ladder(scenario_of(case), case.state, case.forecasts, settings or LadderSettings(), **told)


def wider(case: Case, component: str, **fields: object) -> Case:
    """The case with a component that has other fields."""
    network = type(case.network).of(each.model_copy(update=fields) if each.name == component else each for each in case.network)
    return replace(case, network=network)
