"""The section `alerts` of a nightly configuration: which townships are where, what is told, and what alerts of others do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from waterbalance import units
from waterbalance.errors import Finding, UnitError
from waterbalance.network.components.irrigation_zone import IrrigationZone
from waterbalance.network.fields import Duration
from waterbalance.report.cap.occasion import Places
from waterbalance.report.cap.settings import AlertsOut, Sender
from waterbalance.scenario.cap import Certainty, Severity, Status
from waterbalance.scenario.needs import needs_of
from waterbalance.sources.cap.registry import AnyAlertSource

if TYPE_CHECKING:
    from waterbalance.network.network import Network
    from waterbalance.scenario.document import Document, PathInside


def _quantity(text: str) -> str:
    if not re.fullmatch(r"[^.]+\.[^.]+", text):
        raise ValueError("`component.quantity`, such as lake.storage or main_canal.inflow")
    return text


QuantityName = Annotated[str, AfterValidator(_quantity)]
Code = Annotated[str, Field(min_length=2, max_length=20, pattern=r"^[0-9A-Za-z-]+$")]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AlertAction(_Settings):
    """What alerts of some events do to what lies in their townships, for as long as they hold."""

    events: tuple[Annotated[str, Field(min_length=2)], ...] = Field(min_length=1)
    """Words, one of which the event or a code of the event holds, such as 颱風 or heavy rain; capitals do not matter."""

    least_severity: Severity = "Unknown"
    """Milder alerts do nothing; Unknown is the mildest."""

    least_certainty: Certainty = "Unknown"
    """Less certain alerts do nothing; Unknown is the least."""

    suspend: tuple[str, ...] = ()
    """Irrigation zones that ask for no water. What is under way to them arrives and runs away, as the plan tells; nothing is sent
    that would arrive while the alert holds."""

    at_most: Mapping[QuantityName, str] = Field(default_factory=dict)
    """`component.quantity` of a storage or a flow -> what it is kept below. A storage is lowered before the alert begins."""

    stays: Duration = 0.0
    """How long it goes on after the alert has ended. [day]"""

    closes_by_rule: bool = Field(default=False, strict=True)
    """Whether the rule for automatic approval lets the devices that lead to what it names close, however far; by default somebody
    has to agree where the change is too great, and the gate stays open until then."""


class AlertsIn(_Settings):
    """Alerts that a night reads."""

    senders: tuple[Sender, ...] = Field(min_length=1)
    """Who is listened to, as messages write it."""

    sources: Mapping[str, AnyAlertSource] = Field(min_length=1)
    """Where messages are."""

    actions: Mapping[str, AlertAction] = Field(default_factory=dict)
    """What they do."""

    statuses: tuple[Status, ...] = ("Actual",)
    """Which messages count; exercises only where somebody says so."""

    geocodes: tuple[str, ...] = ()
    """Further names of the system of codes, such as those of other years."""

    life: Duration = Field(default=1.0, gt=0)
    """How long a message holds that does not say when it expires. [day]"""


class AlertSettings(_Settings):
    """Alerts in the Common Alerting Protocol."""

    geocode: str = Field(default="Taiwan_Geocode_103", min_length=1)
    """Name of the system of codes."""

    areas: Mapping[str, tuple[Code, ...]] = Field(default_factory=dict)
    """Townships of zones, intakes, reservoirs, structures and supply areas; a drought rule without has those of its users."""

    townships: Mapping[Code, Mapping[str, str]] = Field(default_factory=dict)
    """Names of townships by language, for people."""

    out: AlertsOut | None = None
    """What is told; nothing where left out."""

    heard: AlertsIn | None = Field(default=None, alias="in")
    """What is listened to; nothing where left out."""

    @property
    def places(self) -> Places:
        """Areas with codes and names."""
        return Places(self.geocode, self.areas, self.townships)


def misfits(settings: AlertSettings, network: Network, document: Document) -> Iterator[Finding]:
    """What the network does not have, or not in this way: told every night, so that no typhoon is the first to tell."""
    if settings == AlertSettings():
        return
    columns = needs_of(network).columns
    named: list[tuple[PathInside, str]] = [(("areas", name), name) for name in settings.areas]
    if settings.out is not None:
        named += [(("out", "supply_areas", number), name) for number, name in enumerate(settings.out.supply_areas or ())]
        for quantity in settings.out.releases:
            if _key(quantity) not in columns:
                yield _finding(document, ("out", "releases", quantity), "there is no such flow", quantity)
    for where, name in named:
        if name not in network:
            yield _finding(document, where, "there is no such component", name)
    if settings.heard is not None:
        for name, action in settings.heard.actions.items():
            yield from _misfits_of(settings, action, network, columns, document, ("in", "actions", name))


def _misfits_of(
    settings: AlertSettings,
    action: AlertAction,
    network: Network,
    columns: set[tuple[str, str]],
    document: Document,
    where: PathInside,
) -> Iterator[Finding]:
    for number, zone in enumerate(action.suspend):
        if zone not in network or not isinstance(network[zone], IrrigationZone):
            yield _finding(document, (*where, "suspend", number), "there is no such irrigation zone", zone)
    for quantity, value in action.at_most.items():
        key, at = _key(quantity), (*where, "at_most", quantity)
        if key not in columns:
            allowed = sorted(each for owner, each in columns if owner == key[0])
            yield _finding(document, at, "there is no such storage or flow", quantity, ", ".join(allowed) or None)
            continue
        try:
            units.parse(value, units.VOLUME if key[1] == "storage" else units.FLOW)
        except UnitError as error:
            yield _finding(document, at, error.title, value)
    for component in dict.fromkeys((*action.suspend, *(_key(each)[0] for each in action.at_most))):
        if component not in settings.areas:
            yield _finding(document, where, "nobody knows in which townships it lies", component, "a line of alerts.areas")


def _key(quantity: str) -> tuple[str, str]:
    component, _, name = quantity.partition(".")
    return component, name


def _finding(document: Document, where: PathInside, what: str, found: str, allowed: str | None = None) -> Finding:
    label = ".".join(str(part) for part in ("alerts", *where) if isinstance(part, str))
    return Finding(what, document.key_place(("alerts", *where), label), found, allowed, "Correct the configuration.")
