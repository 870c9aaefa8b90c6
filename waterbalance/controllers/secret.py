"""A password that nothing prints: it stands in no log, error or repr, and is read from an environment variable when needed."""

from __future__ import annotations

import os
from dataclasses import dataclass

from waterbalance.errors import Finding, UsageError


@dataclass(frozen=True)
class Secret:
    """The name of an environment variable; the value is asked for where it is used and kept nowhere."""

    variable: str

    def reveal(self) -> str:
        """The value. Raises `UsageError` where the variable is not set; its message names the variable only."""
        value = os.environ.get(self.variable)
        if not value:
            remedy = f"Set {self.variable} for this process, as in a service's environment file."
            raise UsageError(
                "a secret is missing", (Finding("the environment variable is not set", found=self.variable, remedy=remedy),)
            )
        return value
