"""What is told to others as alerts, by whom, and where to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from waterbalance.network.fields import Duration, FlowRate
from waterbalance.scenario.broker_settings import BrokerSettings

Text = Mapping[Literal["en", "zh-TW"], str]

_SENDER = re.compile(r"[^\s,<&]{1,200}")
_TOPIC = re.compile(r"[^+#\x00\s]{1,200}")


def _sender(text: str) -> str:
    if not _SENDER.fullmatch(text):
        raise ValueError("a name that is the sender's alone, such as water@bureau.example, without spaces, commas, < and &")
    return text


def _topic(text: str) -> str:
    if not _TOPIC.fullmatch(text) or text.startswith(("/", "$")) or text.endswith("/"):
        raise ValueError("a topic such as waterbalance/v1/_alerts, without + and #, and with words around each /")
    return text


Sender = Annotated[str, AfterValidator(_sender)]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReleaseLimit(_Settings):
    """From which flow on a release is told."""

    above: FlowRate
    """More than this on a day is told. [m3/day]"""

    severe: FlowRate | None = None
    """More than this is told as severe. [m3/day]"""

    @model_validator(mode="after")
    def _grows(self) -> Self:
        if self.severe is not None and self.severe < self.above:
            raise ValueError("severe lies below above; a severe release is one of those that are told")
        return self


class AlertBroker(BrokerSettings):
    """A broker that hands alerts on."""

    topic: Annotated[str, AfterValidator(_topic)] = "waterbalance/v1/_alerts"
    """Under which each alert has its own topic: `topic/status/incident`."""


class AlertsOut(_Settings):
    """Alerts that a night writes."""

    sender: Sender
    """Who tells, globally unique by agreement."""

    sender_name: Text = Field(default_factory=dict)
    """The same for people, by language (`en`, `zh-TW`)."""

    contact: str = ""
    """Whom to ask."""

    folder: str = "alerts"
    """Where messages are kept, one file each, relative to the configuration. They are also the memory of what was told."""

    mqtt: AlertBroker | None = None
    """A broker that hands them on."""

    status: Literal["Actual", "Exercise", "Test"] = "Actual"
    """What a night that sends its orders means; one that sends none is never more than a Test, a replay than an Exercise."""

    scope: Literal["Public", "Restricted"] = "Public"
    """For whom they are."""

    restriction: str = ""
    """Who may see what is Restricted."""

    supply_areas: tuple[str, ...] | None = None
    """Drought rules, rule curves and reservoirs whose lights are told; all drought rules where left out."""

    releases: Mapping[str, ReleaseLimit] = Field(default_factory=dict)
    """`component.quantity` of a spill or of a flow below a structure -> from which flow on it is told."""

    release_days: Duration = Field(default=3.0, ge=1, le=31)
    """How many days of the plan are looked at for releases. [day]"""

    failures: bool = Field(default=True, strict=True)
    """Whether devices are told that did not do what they were told."""

    lasts: Duration = Field(default=7.0, ge=2)
    """How long an alert without an end of its own holds; the last night before that it is renewed. [day]"""

    @model_validator(mode="after")
    def _says_to_whom(self) -> Self:
        if (self.scope == "Restricted") != bool(self.restriction):
            raise ValueError("restriction says who may see what has the scope Restricted; give both or neither")
        return self
