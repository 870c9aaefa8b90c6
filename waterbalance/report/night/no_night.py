"""The page of a morning without a night: the job ended before it knew a scenario, a store or a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waterbalance.report.night.verdict import Opinion, Trouble
from waterbalance.report.section import Heading, on_page

if TYPE_CHECKING:
    import datetime as dt

    from waterbalance.report.language import Wording


def no_night_page(name: str, at: dt.datetime, exit_code: int, why: str, say: Wording) -> str:
    """The whole page as text. `name`: that of the job; `why`: the error's own words, a line each."""
    first, *more = (say.printable(line) for line in why.splitlines() or [""])
    heading = Heading(
        say("night.title", name=say.printable(name)),
        say.printable(name),
        say("night.none"),
        ((say("night.told_at"), at.isoformat(" ", "minutes")),),
    )
    outcome = say("night.none.outcome", code=exit_code, reason=say.known("exit_code", str(exit_code)))
    opinion = Opinion("bad", say("night.bad"), outcome, (), (Trouble(first, "\n".join(more)),), ())
    return on_page(heading, (), say, "night.html.j2", opinion=opinion)
