"""What is expected, as a page with a picture of every series that somebody forecasts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from waterbalance.report.figures.fan import fan_figure
from waterbalance.report.section import Heading, Section, on_page

if TYPE_CHECKING:
    from waterbalance.forecast.forecast import Forecasts
    from waterbalance.report.forecast_table import ForecastRow
    from waterbalance.report.language import Wording
    from waterbalance.scenario.scenario import Scenario


def forecast_page(rows: tuple[ForecastRow, ...], scenario: Scenario, forecasts: Forecasts, say: Wording) -> str:
    """Series of forecasters one by one, with their origin and notes; tables are not drawn."""
    horizon = forecasts.horizon
    last = horizon.end - dt.timedelta(days=1)
    dates = say("dates", start=say.date(str(horizon.start)), last_day=say.date(str(last)))
    heading = Heading(say("forecast.page"), say.printable(scenario.label(say.language)), dates)
    drawn = [row for row in rows if (row.component, row.quantity) in scenario.forecasts]
    sections = tuple(
        Section(
            f"{say.name(scenario.network, row.component)} · {say.quantity(row.quantity)}",
            (say("origin"), say("forecast.notes"), say("forecast.members"), say("forecast.filled")),
            ((say.origin(row.label), "; ".join(map(say.origin, row.notes)) or "–", str(row.members), str(row.filled)),),
            words=2,
            figures=(fan_figure(row, horizon, say),),
        )
        for row in drawn
    )
    return on_page(heading, sections, say)
