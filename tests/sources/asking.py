"""Sources as a configuration would make them, asked by a client that waits for nothing."""

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from waterbalance.sources.http_client import HttpClient
from waterbalance.sources.http_settings import HttpSettings
from waterbalance.sources.registry import AnySource
from waterbalance.sources.source import Fetched, SourceSettings, Surroundings

TAIPEI = ZoneInfo("Asia/Taipei")
NOW = dt.datetime(2026, 4, 6, 4, 30, tzinfo=TAIPEI)

KEY, SECRET = "SOURCES_TEST_KEY", "CWA-0123-SECRET"
"""An environment variable and what it holds."""


def client(folder: Path, sleep: Callable[[float], None] = lambda _: None, **settings: Any) -> HttpClient:  # noqa: ANN401
    """A client that may ask loopback without encryption."""
    told = {"plain_hosts": ("127.0.0.1",), "timeout": 2.0, "tries": 2, "first_wait": 0.01, **settings}
    return HttpClient(HttpSettings(**told), folder, sleep)


def around(
    folder: Path,
    asked_by: HttpClient | None = None,
    now: dt.datetime = NOW,
    due: Mapping[tuple[str, str], str] | None = None,
    before: tuple[tuple[str, str], ...] = (),
) -> Surroundings:
    return Surroundings("agency", folder, now.tzinfo, now, asked_by or client(folder), due or {}, before)  # type: ignore[arg-type]


def source(**settings: Any) -> SourceSettings:  # noqa: ANN401
    """The source of these settings, as they stand in a file."""
    adapter: TypeAdapter[SourceSettings] = TypeAdapter(AnySource)
    return adapter.validate_python(settings, context={"from_file": True})


def values(fetched: Fetched) -> dict[tuple[str, str], float]:
    """Values by series and date, as text."""
    return {(f"{each.component}.{each.quantity}", str(each.date)): each.value for each in fetched.readings}


def told(fetched: Fetched) -> str:
    """All findings."""
    return "\n".join(str(finding) for finding in fetched.findings)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
