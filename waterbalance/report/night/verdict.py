"""What stands first on the page of a night: whether it went well, what went wrong, and what is in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from waterbalance.plan.short_name import short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waterbalance.report.night.reader import Reader
    from waterbalance.report.night.told import NightTold


Kind = Literal["good", "look", "wait", "bad"]
"""All is well; the job did its work, and something is strange; somebody has to agree; the job could not do its work."""


@dataclass(frozen=True)
class Trouble:
    """One line, and what lies behind it."""

    line: str
    more: str = ""


@dataclass(frozen=True)
class Opinion:
    """Everything in the reader's words."""

    kind: Kind

    title: str
    outcome: str
    facts: tuple[tuple[str, str], ...]
    trouble: tuple[Trouble, ...]
    waits: tuple[str, ...]


def opinion(told: NightTold, reader: Reader) -> Opinion:
    """The verdict on a night."""
    say, verdict = reader.say, told.verdict
    kind = _kind(told)
    outcome = say(f"night.outcome.{verdict.outcome}", commands=verdict.commands, devices=len(verdict.unconfirmed))
    return Opinion(
        kind,
        say(f"night.{kind}"),
        outcome[:1].upper() + outcome[1:] + say("night.stop"),
        tuple(_facts(told, reader)),
        tuple(_trouble(told, reader)),
        tuple(_waits(told, reader)),
    )


def _kind(told: NightTold) -> Kind:
    if told.good:
        return "good"
    by_exit_code: dict[int, Kind] = {0: "look", 12: "wait"}
    return by_exit_code.get(told.verdict.exit_code, "bad")


def _facts(told: NightTold, reader: Reader) -> Iterator[tuple[str, str]]:
    say, verdict = reader.say, told.verdict
    yield say("night.plan"), _rung(told, reader)
    force = told.in_force
    in_force = say("night.in_force.none")
    if force is not None:
        until = reader.moment(force.valid_until)
        in_force = say("night.in_force.value", plan=short(force.plan), start=reader.date(force.start), until=until)
        if force.plan == verdict.plan:
            in_force = say("night.in_force.tonight", until=until)
        elif force.label != "planned":
            in_force += say("night.aside", text=say.known("label", force.label))
    yield say("night.in_force"), in_force
    yield say("night.exit_code"), f"{verdict.exit_code} · {say.known('night.exit', str(verdict.exit_code))}"


def _rung(told: NightTold, reader: Reader) -> str:
    say = reader.say
    if told.rung is None:
        return say("night.rung.none")
    label = say(f"fallback.{told.rung}") if told.rung else say("night.rung.full")
    plan = told.verdict.plan
    named = label if plan is None else f"{label} · {short(plan)}"
    return say("night.rung", rung=told.rung, label=named)


def _trouble(told: NightTold, reader: Reader) -> Iterator[Trouble]:
    say, verdict = reader.say, told.verdict
    if told.rung:
        yield Trouble(say("night.trouble.rung", label=say(f"fallback.{told.rung}")))
    for each in verdict.trouble:
        line, _, more = each.partition("\n")
        yield Trouble(say.finding(line), "\n".join(say.printable(part) for part in more.splitlines()))
    for device in verdict.unconfirmed:
        yield Trouble(say("night.trouble.unconfirmed", device=say.printable(device)))
    for series in verdict.missing:
        yield Trouble(say("night.trouble.missing", series=reader.titled(series)))
    for source in verdict.silent:
        yield Trouble(say("night.trouble.silent", source=say.printable(source)))
    for stock in (each for each in told.stocks if each.jumps):
        expected = say.volume(stock.expected or 0.0)
        text = say("night.trouble.jump", place=reader.name(stock.component), taken=say.volume(stock.taken), expected=expected)
        yield Trouble(text)
    if verdict.missed:
        yield Trouble(say("night.trouble.missed", days=say("night.and").join(reader.date(day) for day in verdict.missed)))


def _waits(told: NightTold, reader: Reader) -> Iterator[str]:
    verdict = told.verdict
    if verdict.outcome == "waiting":
        yield reader.say("night.waits.approval", plan=short(verdict.plan or ""))
    yield from (reader.say.finding(each) for each in verdict.waits_for)
