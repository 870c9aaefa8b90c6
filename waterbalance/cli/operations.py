"""Orders for other platforms."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from waterbalance.cli.issuing import StoreUrl, now, open_named
from waterbalance.cli.options import ScenarioPath  # noqa: TC001 (typer reads it)


def operations(
    scenario: ScenarioPath,
    store: StoreUrl = None,
    parcels: Annotated[
        list[str] | None,
        typer.Option("--parcel", metavar="CONTROLLER=NAME", help="The parcel of a controller; its irrigation zone by default."),
    ] = None,
) -> None:
    """Write the orders of a store as FIWARE AgriParcelOperation (JSON-LD), ready for entityOperations/upsert."""
    from waterbalance.errors import Finding, UsageError
    from waterbalance.operate.issuing.operations import operations_of, zones_of
    from waterbalance.scenario.devices import devices_of
    from waterbalance.scenario.read import read_scenario

    read = read_scenario(scenario)
    zones = zones_of(read)
    for told in parcels or ():
        name, _, parcel = told.partition("=")
        if name not in zones or not parcel:
            finding = Finding(
                "no parcel of a controller", found=told, allowed=f"NAME=PARCEL with one of {', '.join(sorted(zones))}"
            )
            raise UsageError("--parcel cannot be read", (finding,))
        zones[name] = parcel
    told_of = operations_of(open_named(store), devices_of(read), zones, now())
    typer.echo(json.dumps(told_of, ensure_ascii=False, indent=2))
