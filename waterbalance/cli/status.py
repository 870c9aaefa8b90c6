"""What the store holds: today's water, what waits for whom, and the tables behind it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from waterbalance.cli.issuing import By, StoreUrl, now, open_named, who
from waterbalance.cli.options import Lang
from waterbalance.cli.showing import console
from waterbalance.errors import Finding, UsageError


def status(
    config: Annotated[
        Path | None, typer.Argument(metavar="[CONFIG]", help="nightly.yaml or its folder: tells store, language and time zone.")
    ] = None,
    store: StoreUrl = None,
    acknowledge: Annotated[
        int | None, typer.Option("--acknowledge", metavar="ALARM", max=10**18, help="Number of an alarm that somebody has seen.")
    ] = None,
    by: By = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    in_short: Annotated[bool, typer.Option("--short", help="Today's water and what waits for whom, for a telephone.")] = False,
    lang: Annotated[
        Lang | None, typer.Option("--lang", help="Language of tables; the configuration's, else English, by default.")
    ] = None,
) -> None:
    """Tell whether today's water is ordered, what waits for whom, the last night, orders, alarms, plans and dispatchers."""
    from waterbalance.report.language import Wording
    from waterbalance.report.status import status_json, status_of
    from waterbalance.report.status_tables import short_status, status_tables
    from waterbalance.store.alarms import acknowledge as see
    from waterbalance.store.plans import require_whole

    say, zone = Wording((lang or Lang.ENGLISH).value), None
    if config is not None:
        from waterbalance.operate.configuring.night_settings import read_night_settings
        from waterbalance.scenario.time_zone import zone_of

        settings = read_night_settings(config)
        store = store or settings.store_url
        say, zone = say if lang else Wording(settings.file.language), zone_of(settings.scenario_folder)
    opened = open_named(store)
    if acknowledge is not None:
        with opened.writing() as connection:
            if not see(connection, acknowledge, who(by), now()):
                raise UsageError("nothing was acknowledged", (Finding("no active alarm of this number", found=str(acknowledge)),))
    found = status_of(opened, now(), zone=zone)
    if as_json:
        typer.echo(json.dumps(status_json(found), ensure_ascii=False, indent=2))
    else:
        console().print((short_status if in_short else status_tables)(found, say))
    require_whole(found.plans)
