"""Words, numbers and dates in the reader's language."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from waterbalance.report.texts import (
    en,
    en_terms,
    zh_tw,
    zh_tw_devices,
    zh_tw_findings,
    zh_tw_notes,
    zh_tw_origins,
    zh_tw_sources,
    zh_tw_terms,
)
from waterbalance.units import SECONDS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from waterbalance.network.network import Network

Language = Literal["en", "zh-TW"]

LANGUAGES: tuple[Language, ...] = ("en", "zh-TW")

_TEXTS: Mapping[str, Mapping[str, str]] = {"en": en.TEXTS, "zh-TW": zh_tw.TEXTS}
_TERMS: Mapping[Language, Mapping[str, str]] = {"en": en_terms.TERMS, "zh-TW": zh_tw_terms.TERMS}
_ORIGINS: Mapping[Language, tuple[tuple[str, str], ...]] = {"en": (), "zh-TW": zh_tw_origins.ORIGINS}
_SENTENCES = {**zh_tw_findings.FINDINGS, **zh_tw_devices.FINDINGS}
_ESCAPED = tuple((re.escape(what), words) for what, words in _SENTENCES.items())
_WHATS: Mapping[Language, tuple[tuple[str, str], ...]] = {"en": (), "zh-TW": (*_ESCAPED, *zh_tw_sources.WHATS)}
_PARTS: Mapping[Language, tuple[tuple[str, str], ...]] = {
    "en": (),
    "zh-TW": (*zh_tw_findings.PARTS, *zh_tw_devices.PARTS, *zh_tw_sources.PARTS, *zh_tw_notes.PARTS),
}
_LOCALES = {"en": "en_GB", "zh-TW": "zh_Hant_TW"}

_MILLION = 1e6
_TEN_THOUSAND = 1e4


@dataclass(frozen=True)
class Wording:
    """All that is said in one language."""

    language: Language = "en"

    def __call__(self, key: str, **values: object) -> str:
        """A text with its values filled in."""
        return _TEXTS[self.language][key].format(**values)

    def known(self, prefix: str, name: str) -> str:
        """The word for a name that the engine may know (a preset's goal, a class), else the name itself."""
        return _TEXTS[self.language].get(f"{prefix}.{name}", name)

    def quantity(self, name: str) -> str:
        """The words for a quantity or measure; one that has none in this language keeps its own, in English."""
        own, _, which = name.partition(" ")
        word = _TERMS[self.language].get(own, own.replace("_", " "))
        return self.printable(f"{word} {which}".rstrip().replace("_", " "))

    def origin(self, label: str) -> str:
        """How a series came to be: the engine's own labels are translated, those of a scenario stay as they are."""
        for pattern, words in _ORIGINS[self.language]:
            label = _compiled(pattern).sub(words, label)
        return self.printable(label)

    def finding(self, text: str) -> str:
        """What the engine has found, as `str(Finding)` or a sentence has it; what it has no words for here stays in English."""
        found = self._what(text)
        if found is None:
            return self.printable(self._part(text))
        what, words = found
        place, _, rest = text.partition(what)
        told = words + (self("pair", name="", value=self._part(rest.removeprefix(": "))) if rest.startswith(": ") else "")
        for name, part in _parts(rest).items():
            told = self(f"finding.{name}", what=told, **{name: self.finding(part) if name == "found" else self._part(part)})
        whole = self("finding.place", place=self._part(place.removesuffix(": ")), what=told) if place else told
        return self.printable(whole)

    def told(self, text: str) -> str:
        """What the engine or a device tells in several lines, as one: the first is the title of the others."""
        title, *others = [self.finding(line.strip()) for line in text.splitlines()] or [""]
        return self("pair", name=title, value=" ".join(others)) if others else title

    def _what(self, text: str) -> tuple[str, str] | None:
        """The first sentence of the engine's own that stands in a text, and its words; None where there is none."""
        for pattern, words in _WHATS[self.language]:
            found = _compiled(rf"(?:^|: )(?P<what>{pattern})(?:$|[:;.])").search(text)
            if found is not None:
                within = {name: part for name, part in found.groupdict().items() if name != "what"}
                return found["what"], words.format(**{name: self._told(part) for name, part in within.items()})
        return None

    def _told(self, text: str) -> str:
        what = self._what(text)
        return self._part(text) if what is None else what[1]

    def _part(self, text: str) -> str:
        for pattern, words in _PARTS[self.language]:
            found = re.match(pattern, text)
            if found is not None and pattern.endswith(": "):  # What follows is a sentence of its own.
                return found.expand(words) + self._part(text[found.end() :])
            text = _compiled(pattern).sub(words, text)
        return text

    @property
    def volume_unit(self) -> tuple[float, str]:
        """Cubic metres of the unit in which people speak of large volumes, and its name."""
        return (_TEN_THOUSAND, "萬噸") if self.language == "zh-TW" else (_MILLION, "Mm³")

    def name(self, network: Network, component: str) -> str:
        """Title of a component; characters that a terminal would obey are left out."""
        return self.printable(network[component].label(self.language) if component in network else component)

    def printable(self, text: str) -> str:
        """A text without characters that a terminal would obey."""
        return "".join(character for character in text if character.isprintable())

    def pair(self, key: str, value: str) -> str:
        """A name and its value on one line."""
        return self("pair", name=self(key), value=value)

    def number(self, value: float, decimals: int = 1) -> str:
        """A number with grouped thousands."""
        return format_decimal(round(value, decimals) + 0.0, format=_pattern(decimals), locale=_LOCALES[self.language])

    def percent(self, share: float, decimals: int = 1) -> str:
        """A fraction as percent."""
        return format_percent(share, format=f"{_pattern(decimals)}%", locale=_LOCALES[self.language])

    def volume(self, volume: float) -> str:
        """A volume as people say it: million cubic metres, in Chinese ten thousand tonnes (萬噸). `volume` in [m3]."""
        if self.language == "zh-TW":
            if abs(volume) < 1.0:
                return "0"
            decimals = 0 if abs(volume) >= _MILLION else 1 if abs(volume) >= _TEN_THOUSAND else 2
            return f"{self.number(volume / _TEN_THOUSAND, decimals)} 萬噸"
        if abs(volume) < _MILLION:
            return f"{self.number(volume, 0)} m³"
        return f"{self.number(volume / _MILLION, 2 if abs(volume) < 10 * _MILLION else 1)} Mm³"

    def flow(self, flow: float) -> str:
        """A flow as people say it. `flow` in [m3/day]."""
        return f"{self.number(flow / SECONDS_PER_DAY, 2)} m³/s"

    def small_flow(self, flow: float) -> str:
        """A flow as people say it, of a village by the day. `flow` in [m3/day]."""
        if flow == 0 or abs(flow) >= 0.01 * SECONDS_PER_DAY:
            return f"{self.number(flow / SECONDS_PER_DAY, 3)} m³/s"
        return f"{self.number(flow, 0 if abs(flow) >= 10 else 2)} {self('unit.day_flow')}"

    def date(self, day: str) -> str:
        """A date, from its ISO form."""
        pattern = "y 年 M 月 d 日" if self.language == "zh-TW" else "d MMM y"
        return format_date(dt.date.fromisoformat(day), format=pattern, locale=_LOCALES[self.language])

    def day(self, day: str) -> str:
        """A date without its year."""
        pattern = "M 月 d 日" if self.language == "zh-TW" else "d MMM"
        return format_date(dt.date.fromisoformat(day), format=pattern, locale=_LOCALES[self.language])

    def moment(self, moment: str) -> str:
        """A day without its year and the time, from the ISO form of local time."""
        return f"{self.day(moment[:10])} {moment[11:16]}"

    def choice(self, choice: str | float) -> str:
        """Which value of the members a plan uses."""
        if isinstance(choice, str):
            return self.known("choice", choice)
        return self("choice.quantile", percent=self.percent(choice, 0))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Once for each: there are more sentences than `re` remembers."""
    return re.compile(pattern)


def _parts(rest: str) -> Mapping[str, str]:
    """What a finding says after its first sentence: found, allowed, remedy. What was found may be a finding itself."""
    nested = re.fullmatch(r"; found (?P<found>.*); allowed: (?P<allowed>none)", rest)
    found = nested or re.match(r"(?:; found (?P<found>.*?))?(?:; allowed: (?P<allowed>.*?))?(?:\. (?P<remedy>.*))?$", rest)
    return {} if found is None else {name: part for name, part in found.groupdict().items() if part is not None}


def _pattern(decimals: int) -> str:
    return "#,##0" + ("." + "0" * decimals if decimals else "")
