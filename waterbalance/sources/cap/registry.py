"""All sources of alerts: a new one is a new file, and its name in the list here."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from waterbalance.sources.cap.cap_feed import CapFeed
from waterbalance.sources.cap.cap_folder import CapFolder

AnyAlertSource = Annotated[CapFolder | CapFeed, Field(discriminator="type")]
"""The settings of one source of alerts, told apart by `type`."""
