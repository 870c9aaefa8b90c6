"""The log of a night: events as JSON lines or for people, on standard error and in the folder of the run.

The logger is made here and bound to nothing else: importing the engine, or calling it from another program, configures no log.
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

import structlog

from waterbalance.cli.night_form import Form

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from pathlib import Path

    from structlog.typing import FilteringBoundLogger, Processor

    from waterbalance.operate.configuring.events import Event
    from waterbalance.report.language import Wording

FILE = "night.log"


def logger_to(out: TextIO, form: Form, say: Wording) -> FilteringBoundLogger:
    """A logger that writes there: stable English names in JSON, words of the reader's language for people."""

    def in_words(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        told = {key: say.printable(value) if isinstance(value, str) else value for key, value in event.items()}
        if event["event"] == "stage_began":
            return {**told, "event": say(f"night.stage.{told.pop('stage')}")}
        return {**told, "event": say.known("night.event", str(event["event"]))}

    plain: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=form is Form.JSON),
    ]
    shown: list[Processor] = (
        [structlog.processors.JSONRenderer(ensure_ascii=False)]
        if form is Form.JSON
        else [in_words, structlog.dev.ConsoleRenderer(colors=out.isatty(), pad_event_to=0, sort_keys=False)]
    )
    logger: FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(out),
        processors=[*plain, *shown],
        wrapper_class=structlog.make_filtering_bound_logger(0),
        context_class=dict,
        cache_logger_on_first_use=False,
    )
    return logger


@dataclass
class NightLog:
    """Hears the events of one night.

    Lines are held back until the night has a run of its own to lie beside: a night that was done already adds to that one's log.
    """

    form: Form
    results: Path
    say: Wording
    _held: io.StringIO = field(default_factory=io.StringIO)
    _file: TextIO | None = None
    _lost: bool = False
    _run: str = ""

    def __post_init__(self) -> None:
        self._shown = logger_to(sys.stderr, self.form, self.say)

    def __call__(self, event: Event) -> None:
        """Write one event down. A disk that takes nothing costs the file, never the night."""
        told = dict(event.told)
        self._run = str(told.get("run") or self._run)
        getattr(self._shown, event.level)(event.what, **told)
        getattr(logger_to(self._file or self._held, Form.JSON, self.say), event.level)(event.what, **told)
        its_own = event.what == "night_ended" or (event.what, told.get("stage")) == ("stage_began", "open")
        try:
            if its_own and self._file is None and self._run and not self._lost:
                self._open()
            if self._file is not None:
                self._file.flush()
        except OSError as error:
            self._file, self._lost = None, True
            self._shown.warning("signal_failed", signal=FILE, why=error.strerror or type(error).__name__)

    def close(self) -> None:
        """Write out what was held back, and let go of the file."""
        if self._file is not None:
            self._file.close()

    def _open(self) -> None:
        folder = self.results / self._run
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / FILE).open("a", encoding="utf-8")
        self._file.write(self._held.getvalue())
