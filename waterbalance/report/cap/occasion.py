"""Something to be told as an alert: what it is about, what must change for it to be told again, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from waterbalance.report.language import LANGUAGES, Language, Wording
from waterbalance.scenario.cap import Area, cleaned

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from waterbalance.network.network import Network
    from waterbalance.scenario.cap import Category, Certainty, Response, Severity, Urgency

OccasionKind = Literal["shortage", "failure", "release"]


@dataclass(frozen=True)
class Words:
    """What is said in one language."""

    headline: str
    description: str
    instruction: str


@dataclass(frozen=True)
class Occasion:
    """One thing to be told."""

    kind: OccasionKind
    subject: str
    """Of what: messages about the same kind and subject follow each other."""

    fact: str
    """What is told; another fact is an update."""

    words: Mapping[Language, Words]
    areas: Mapping[Language, Area]
    categories: tuple[Category, ...]
    responses: tuple[Response, ...]
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    onset: dt.datetime
    ends: dt.datetime | None = None
    """None where nobody knows."""

    parameters: tuple[tuple[str, str], ...] = ()
    """The same facts for machines."""

    once_agreed: Certainty | None = None
    """Of an occasion of a plan that nobody has agreed to yet: how certain it is then. None where nothing waits."""

    @property
    def incident(self) -> str:
        """Common to all messages about it."""
        return f"{self.kind}.{self.subject}"


def unagreed(occasion: Occasion) -> Occasion:
    """An occasion of a plan that waits for an approval: possible, and it says so."""
    words = {
        language: replace(told, description=f"{told.description}\n{Wording(language)('alert.unagreed')}")
        for language, told in occasion.words.items()
    }
    once = "Likely" if occasion.certainty == "Observed" else occasion.certainty
    return replace(occasion, words=words, certainty="Possible", once_agreed=once)


@dataclass(frozen=True)
class Places:
    """Which townships belong to which component."""

    geocode: str
    """Name of the system of codes."""

    codes: Mapping[str, tuple[str, ...]]
    """Component -> codes."""

    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Code -> name by language."""

    def of(self, network: Network, component: str) -> Mapping[Language, Area]:
        """Area of a component in each language; a rule without one has those of its users."""
        codes = self.codes.get(component)
        if codes is None and component in network:
            users = getattr(network[component], "users", ())
            codes = tuple(dict.fromkeys(code for user in users for code in self.codes.get(user, ())))
        pairs = tuple((self.geocode, code) for code in codes or ())
        return {language: Area(self._described(network, component, codes or (), language), pairs) for language in LANGUAGES}

    def _described(self, network: Network, component: str, codes: tuple[str, ...], language: Language) -> str:
        say = Wording(language)
        townships = say("alert.and").join(self.names.get(code, {}).get(language, code) for code in codes)
        title = say.name(network, component)
        return line(f"{title}{say('alert.of')}{townships}" if townships else title)


def line(text: str) -> str:
    """A text on one line."""
    return " ".join(cleaned(text).split())
