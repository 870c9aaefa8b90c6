"""The configuration of a nightly job: one file that names everything else.

    waterbalance_nightly: 1
    name: reed_lake
    scenario: .
    store: sqlite:///nightly.sqlite
    sources: {...}

Paths are relative to the file. Every problem is told at once, with its line.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from waterbalance.errors import Finding, Findings, InputError, Place
from waterbalance.operate.configuring.fit import misfits
from waterbalance.operate.configuring.fit_series import written_series
from waterbalance.operate.configuring.night_file import NightFile
from waterbalance.scenario.document import Document, parse_document
from waterbalance.scenario.legible import legible
from waterbalance.scenario.read import SCENARIO_FILE, read_scenario
from waterbalance.scenario.sections import read_sections

if TYPE_CHECKING:
    from waterbalance.scenario.scenario import Scenario

NIGHTLY_FILE = "nightly.yaml"

STORE_VARIABLE = "WATERBALANCE_STORE"
"""What it says goes before the file's own store."""

KEY_VARIABLE, KEYS_VARIABLE = "WATERBALANCE_SIGNING_KEY", "WATERBALANCE_PUBLIC_KEYS"
"""What they say goes before the file's own, as `issue` and `dispatcher` hear it."""


@dataclass(frozen=True)
class NightSettings:
    """A configuration that was read."""

    path: Path
    file: NightFile
    sha256: str
    """Of the file's bytes."""

    document: Document = field(compare=False, repr=False)
    """Where every key stands, for complaints."""

    @property
    def folder(self) -> Path:
        """Where relative paths begin."""
        return self.path.parent

    @property
    def scenario_folder(self) -> Path:
        """Of the scenario."""
        return self.folder / self.file.scenario

    @property
    def results_folder(self) -> Path:
        """Of all runs."""
        return self.folder / self.file.results

    @property
    def store_url(self) -> str:
        """Of the environment, else of the file; a relative SQLite file lies beside the configuration."""
        url = os.environ.get(STORE_VARIABLE) or self.file.store
        name = url.removeprefix("sqlite:///")
        return url if name == url or Path(name).is_absolute() else f"sqlite:///{self.folder / name}"

    @property
    def signing_key(self) -> Path | None:
        """Of the environment, else of the file; None where commands are not signed."""
        return self._named(KEY_VARIABLE, self.file.issuing.key)

    @property
    def public_keys(self) -> Path | None:
        """Folder of the keys that are trusted, of the environment, else of the file; None where signatures are not asked for."""
        return self._named(KEYS_VARIABLE, self.file.issuing.public_keys)

    def _named(self, variable: str, own: str | None) -> Path | None:
        told = os.environ.get(variable)
        return Path(told) if told else None if own is None else self.folder / own


def read_night_settings(path: Path) -> NightSettings:
    """Read a configuration.

    Raises `InputError` with a finding for every problem; where there is one, also for those of its scenario, and for what does
    not fit it, so that all of them can be mended in one go.
    """
    settings, findings = _read(path)
    if settings is None or len(findings):
        findings.raise_if_any(InputError, f"{_file(path)} cannot be used")
        raise InputError(f"{_file(path)} cannot be used")
    return settings


def read_night(path: Path) -> tuple[NightSettings, Scenario]:
    """A configuration and its scenario, each held against the other. Raises `InputError` with a finding for every problem."""
    settings = read_night_settings(path)
    scenario = read_scenario(settings.scenario_folder)
    unfit = misfits(settings.file, settings.document, scenario)
    Findings(unfit).raise_if_any(InputError, f"{settings.path} does not fit its scenario")
    return settings, scenario


def beside(path: Path) -> Path | None:
    """The configuration in a folder, or a file that is one and no scenario; None where there is none."""
    file = _file(path)
    return file if file.is_file() and file.name != SCENARIO_FILE else None


def _file(path: Path) -> Path:
    return path / NIGHTLY_FILE if path.is_dir() else path


def _read(path: Path) -> tuple[NightSettings | None, Findings]:
    findings, file = Findings(), _file(path)
    try:
        content = file.read_bytes()
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        found = getattr(error, "strerror", None) or "no UTF-8 text"
        raise InputError("no configuration", (Finding("the file cannot be read", Place(str(file)), found),)) from None
    document = parse_document(text, str(file), findings)
    if document is None:
        return None, findings
    sections = read_sections(document, findings, NightFile)
    settings = NightSettings(file, NightFile.model_construct(**sections), hashlib.sha256(content).hexdigest(), document)
    if len(findings) and "scenario" in sections:
        # What can be read of each section is held against the scenario in the same breath.
        rest = legible(document, NightFile)
        sections = {name: each for name, each in read_sections(rest, Findings(), NightFile).items() if _has(rest, document, name)}
        left = NightFile.model_construct(**sections)
        try:
            scenario = read_scenario(settings.scenario_folder)
            findings.extend(misfits(left, rest, scenario, frozenset(sections), written_series(document)))
        except InputError as error:
            findings.extend(error.findings)
    return settings, findings


def _has(rest: Document, document: Document, section: str) -> bool:
    """Whether anything is left of a section, or it was never there."""
    return rest.node((section,)) is not None or document.node((section,)) is None
