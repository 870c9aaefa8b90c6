"""How to get to an MQTT broker, and certificates: what controllers and alerts have in common.

Passwords stand in no file: settings name environment variables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from waterbalance.scenario.controller_quantities import Address, host_of, is_variable


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TlsSettings(_Model):
    """Certificates, as files: relative to the scenario's folder."""

    authority: str | None = None
    """PEM file of the authority that signed the other side; what the system trusts when left out."""

    certificate: str | None = None
    """PEM file of the engine's own certificate."""

    key: str | None = None
    """PEM file of the key to it."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("a certificate and its key belong together; give both or neither")
        return self


def holds_no_secret(told: Any) -> Any:  # noqa: ANN401 (as the file tells it)
    """Complaints show what they found: what may be a password is stopped before anything shows it."""
    if not isinstance(told, Mapping):
        return told
    hidden = "found a text that is not shown"
    if "password" in told:
        remedy = "put it into an environment variable, and write 'password_from: NAME_OF_THE_VARIABLE'"
        raise ValueError(f"password stands in the file; {hidden}; {remedy}")
    variable = told.get("password_from")
    if variable is not None and not is_variable(str(variable)):
        remedy = "write the name of a variable, in capitals, that holds the password"
        raise ValueError(f"password_from is not the name of an environment variable; {hidden}; {remedy}")
    for key in ("address", "broker"):
        if "@" in str(told.get(key, "")):
            raise ValueError(f"{key} is more than a host and its port; {hidden}; write username and password_from beside it")
    return told


class BrokerSettings(_Model):
    """An MQTT 5 broker, and the engine's name there."""

    broker: Address
    """Host and port; 8883 when left out, 1883 without encryption."""

    tls: TlsSettings = TlsSettings()
    """Certificates."""

    plain: bool = Field(default=False, strict=True)
    """Without encryption: on this machine, or inside a tunnel."""

    username: str | None = None
    """Name of the engine at the broker; that of its certificate when left out."""

    password_from: str | None = None
    """Environment variable that holds the password."""

    _before = model_validator(mode="before")(holds_no_secret)

    @model_validator(mode="after")
    def _is_encrypted_or_plain(self) -> Self:
        if self.plain and self.tls != TlsSettings():
            raise ValueError("plain and tls exclude each other; leave one of them out")
        if self.plain and self.password_from and host_of(self.broker) not in {"localhost", "127.0.0.1", "::1"}:
            raise ValueError("plain would send the password readable over the network; leave it out, and give tls")
        return self
