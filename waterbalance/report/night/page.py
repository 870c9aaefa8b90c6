"""The page of a night: the verdict first, then everything that it rests on. It opens anywhere without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.report.night.ahead import ahead
from waterbalance.report.night.judged import judged
from waterbalance.report.night.made import made
from waterbalance.report.night.ordered import ordered
from waterbalance.report.night.past import past
from waterbalance.report.night.reader import Reader
from waterbalance.report.night.verdict import opinion
from waterbalance.report.section import Heading, on_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.network.network import Network
    from waterbalance.report.language import Wording
    from waterbalance.report.night.told import NightTold


def night_page(told: NightTold, network: Network, title: Mapping[str, str], say: Wording, beside: str = "") -> str:
    """The whole page as text.

    `network` and `title` of the scenario give the names; `beside` leads from the page to the folder of the run, such as `RUN/`.
    """
    reader = Reader(say, network, told.time_zone)
    scenario = title.get(say.language) or title.get("en") or told.scenario
    heading = Heading(
        say("night.title", name=say.printable(told.name)),
        say.printable(scenario),
        say("night.for", day=reader.date(told.day)),
        (
            (say("night.began"), reader.moment(told.began_at)),
            (say("night.told_at"), reader.moment(told.told_at)),
            (say("night.run"), say.printable(told.run)),
        ),
    )
    sections = (
        *ordered(told, reader),
        *ahead(told, reader, beside),
        *past(told, reader),
        *judged(told, reader),
        *made(told, reader),
    )
    return on_page(heading, sections, say, "night.html.j2", opinion=opinion(told, reader))
