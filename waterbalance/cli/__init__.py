"""Floor 10: the commands. They read, call one function of the engine, and show; nothing is decided here.

What loads them is light: a night that is told to end while its commands are loaded ends as one that is told so later.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from waterbalance.operate.held import give_back, hold

if TYPE_CHECKING:
    from waterbalance.cli.commands import app

__all__ = ["app", "main"]


def main() -> None:
    """Run a command; what a user can mend is told without a traceback, with the exit code of its kind."""
    if sys.argv[1:2] != ["nightly"]:
        _run()
        return
    before = hold()
    try:
        _run()
    finally:
        give_back(before)


def _run() -> None:
    from waterbalance.cli.commands import run_a_command

    run_a_command()


def __getattr__(name: str) -> object:
    """Load the commands when they are first asked for (PEP 562)."""
    if name != "app":
        raise AttributeError(f"module 'waterbalance.cli' has no attribute {name!r}")
    from waterbalance.cli import commands

    return commands.app
