"""Floor 10: the commands. They read, call one function of the engine, and show; nothing is decided here.

What loads them is light: a night that is told to end while its commands are loaded ends as one that is told so later.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from waterbalance.operate.held import deaf, hold

if TYPE_CHECKING:
    from waterbalance.cli.commands import app

__all__ = ["app", "main"]


def main() -> None:
    """Run a command; what a user can mend is told without a traceback, with the exit code of its kind."""
    is_a_night = sys.argv[1:2] == ["nightly"]
    if is_a_night:
        hold()
    from waterbalance.cli.commands import run_a_command

    try:
        run_a_command()
    finally:
        if is_a_night:
            deaf()


def __getattr__(name: str) -> object:
    """Load the commands when they are first asked for (PEP 562)."""
    if name != "app":
        raise AttributeError(f"module 'waterbalance.cli' has no attribute {name!r}")
    from waterbalance.cli import commands

    return commands.app
