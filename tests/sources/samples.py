"""Payloads of the agencies beside the clone: their names say whether they were recorded or put together from documented keys."""

from pathlib import Path

from sources.http_server import Reply


def sample(shared: Path, name: str) -> Reply:
    """A payload as it is served."""
    return Reply((shared / "kaohsiung" / "samples" / name).read_bytes())
