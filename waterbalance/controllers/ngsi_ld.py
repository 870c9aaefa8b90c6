"""Commands as FIWARE `AgriParcelOperation` (Smart Data Models, dataModel.Agrifood, version 0.0.3; ETSI GS CIM 009, NGSI-LD).

One entity a row in which water flows: what is planned for which parcel, from when to when, and how many litres.

    quantity = volume x 1000                        [litre]
    volume   = setpoint x (end - start)             [m3], for discharges [m3/s]

A level, an opening or the time that a valve is open tells no volume by itself: none is written where none is given.
`plannedStartAt` and `plannedEndAt` are advisory in the data model: the orders go to the gates by the adapters, and this tells
other platforms of them.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import uuid
from typing import TYPE_CHECKING, Any, Literal

from waterbalance.controllers.fit import UnfitError
from waterbalance.errors import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from waterbalance.schedule.command import Row
    from waterbalance.schedule.envelope import Envelope

CONTEXT = ("https://smartdatamodels.org/context.jsonld", "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld")

WaterSource = Literal["borehole", "rainfall", "river", "rainwater capture", "water dam", "commercial supply"]

Status = Literal["planned", "ongoing", "finished", "scheduled", "cancelled"]
"""`scheduled` once the device has agreed, `cancelled` once the command is withdrawn."""

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.-]")


def operations(
    envelope: Envelope, zone: str, *, status: Status = "planned", water_source: WaterSource | None = None
) -> list[dict[str, Any]]:
    """The entities of a command for the irrigation zone that its structure leads to, as JSON-LD in normalised form.

    The same row has the same id, so that sending it again replaces it. Raises `UnfitError` for numbers that are none.
    """
    flowing = (row for row in envelope.command.rows if _flows(envelope, row))
    return [operation(envelope, row, zone, status=status, water_source=water_source) for row in flowing]


def operation(
    envelope: Envelope,
    row: Row,
    zone: str,
    *,
    status: Status,
    water_source: WaterSource | None = None,
    part: Row | None = None,
    volume: float | None = None,
) -> dict[str, Any]:
    """The entity of one row, or of the part of it that counts: the same row has the same id, whatever is left of it.

    `volume` [m3] is what passes, where somebody knows it.
    """
    command, held = envelope.command, row if part is None else part
    if volume is None and command.mode == "flow":
        volume = held.setpoint * held.seconds
    entity: dict[str, Any] = {
        "id": f"urn:ngsi-ld:AgriParcelOperation:{uuid.uuid5(uuid.UUID(command.cmd_id), row.start.isoformat())}",
        "type": "AgriParcelOperation",
        "hasAgriParcel": {"type": "Relationship", "object": f"urn:ngsi-ld:AgriParcel:{_urn_part(zone)}"},
        "operationType": _property("water"),
        "plannedStartAt": _time(held.start),
        "plannedEndAt": _time(held.end),
        "status": _property(status),
        "reportedAt": _time(envelope.issued_at),
        "hasOperator": {"type": "Relationship", "object": f"urn:ngsi-ld:Device:{_urn_part(command.controller)}"},
        "workOrder": {"type": "Relationship", "object": f"urn:uuid:{command.cmd_id}"},
        "description": _property(f"{command.structure}: {row.setpoint:g} {command.unit} ({command.label})"),
    }
    if volume is not None:
        entity["quantity"] = {"type": "Property", "value": float(f"{volume * 1000.0:.10g}"), "unitCode": "LTR"}
    if water_source is not None:
        entity["waterSource"] = _property(water_source)
    return {**entity, "@context": list(CONTEXT)}


def upsert(envelopes: Iterable[tuple[Envelope, str]], *, status: Status = "planned") -> list[dict[str, Any]]:
    """The body of `POST /ngsi-ld/v1/entityOperations/upsert`: all rows of commands with their zones."""
    return [entity for envelope, zone in envelopes for entity in operations(envelope, zone, status=status)]


def _flows(envelope: Envelope, row: Row) -> bool:
    if not math.isfinite(row.setpoint) or row.setpoint < 0:
        place = Place(component=envelope.command.controller)
        finding = Finding("the setpoint is no quantity", place, str(row.setpoint), "a finite number, 0 or more")
        raise UnfitError("this command cannot be exported", (finding,))
    return row.setpoint > 0


def _property(value: str) -> Mapping[str, str]:
    return {"type": "Property", "value": value}


def _time(time: dt.datetime) -> Mapping[str, Any]:
    """In UTC to the second, as NGSI-LD wants it."""
    text = time.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"type": "Property", "value": {"@type": "DateTime", "@value": text}}


def _urn_part(name: str) -> str:
    """A name in a URN: other characters as the bytes of their UTF-8 in hexadecimal."""
    return _NOT_IN_A_NAME.sub(lambda match: "".join(f"%{octet:02X}" for octet in match[0].encode()), name)
