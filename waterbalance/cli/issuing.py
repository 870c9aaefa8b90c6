"""From a plan to confirmed orders: approve, issue, recall, status, audit-log."""

from __future__ import annotations

import datetime as dt
import getpass
import importlib
import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, TypeAlias

import typer

from waterbalance.cli.options import Lang, Language, ScenarioPath
from waterbalance.cli.showing import complain, console
from waterbalance.errors import Finding, InputError, UsageError
from waterbalance.plan.short_name import short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from waterbalance.operate.issuing.issue import Issuer
    from waterbalance.operate.planning.scheduled import Followed
    from waterbalance.report.language import Wording
    from waterbalance.report.planned import Planned
    from waterbalance.scenario.scenario import Scenario
    from waterbalance.store.database import Store

UNCONFIRMED = 69
"""Exit code where a device has not confirmed what it was told."""

FELL_BACK = 10
"""Exit code where something else than a plan was issued, labelled."""

BROKEN = 65
"""Exit code where the audit log, or a plan of the store, is not whole."""

LONGEST_WAIT = 366.0 * 86400.0
"""Of devices that do not answer. [s]"""

StoreUrl: TypeAlias = Annotated[
    str | None,
    typer.Option("--store", metavar="URL", envvar="WATERBALANCE_STORE", help="sqlite:///file.sqlite or postgresql://..."),
]
By: TypeAlias = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who does it; the login name by default.")]
Key: TypeAlias = Annotated[
    Path | None,
    typer.Option("--key", metavar="PEM", envvar="WATERBALANCE_SIGNING_KEY", help="Ed25519 key that signs commands."),
]
PublicKeys: TypeAlias = Annotated[
    Path | None,
    typer.Option("--keys", metavar="DIR", envvar="WATERBALANCE_PUBLIC_KEYS", help="Public keys <name>.pub.pem that are trusted."),
]
Wait: TypeAlias = Annotated[
    float,
    typer.Option("--wait", metavar="SECONDS", min=0.0, max=LONGEST_WAIT, help="How long devices that do not answer are asked."),
]

TakeOver: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--take-over", help="Go on above what devices follow by another store's orders; no other engine may be at work."
    ),
]


class Shown(NamedTuple):
    """What devices and the store have come to."""

    confirmed: bool
    """All devices that were meant hold what they were told."""

    whole: bool
    """No plan that was shown was changed in the store."""


class Decision(StrEnum):
    """What somebody says to a plan."""

    APPROVED = "approved"
    REVIEWED = "reviewed"
    REJECTED = "rejected"


def approve(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="Hash of a plan, or its first characters; see status.")],
    store: StoreUrl = None,
    by: By = None,
    decision: Annotated[Decision, typer.Option("--decision", help="What is said to it.")] = Decision.APPROVED,
    automatic: Annotated[
        Path | None, typer.Option("--automatic", metavar="SCENARIO", help="Approve by the scenario's own rule, if it holds.")
    ] = None,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Approve, review or reject exactly one plan; who approves it cannot issue it."""
    from waterbalance.operate.issuing.decide import decide, decide_by_rule
    from waterbalance.report.language import Wording
    from waterbalance.scenario.read import read_scenario

    say = Wording(lang.value)
    opened = open_named(store)
    if automatic is not None:
        told = decide_by_rule(opened, plan, read_scenario(automatic).issuing, now())
        typer.echo(say("decided.automatic", plan=short(told)))
        return
    told = decide(opened, plan, decision.value, who(by), now())
    typer.echo(say(f"decided.{decision.value}", plan=short(told), by=say.printable(who(by))))


def issue(
    scenario: ScenarioPath,
    store: StoreUrl = None,
    by: By = None,
    plan: Annotated[str | None, typer.Option("--plan", metavar="PLAN", help="Default: the one approved last.")] = None,
    or_remainder: Annotated[
        bool, typer.Option("--or-remainder", help="Without an approved plan: the rest of the last one, else the fallback.")
    ] = False,
    take_over: TakeOver = False,
    key: Key = None,
    keys: PublicKeys = None,
    wait: Wait = 300.0,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Send an approved plan to the devices, until each has said that it holds what it was told."""
    from waterbalance.errors import ApprovalError, TryLaterError
    from waterbalance.operate.issuing.issue import issue as put
    from waterbalance.operate.issuing.remainder import issue_remainder
    from waterbalance.report.language import Wording
    from waterbalance.scenario.read import read_scenario

    say = Wording(lang.value)
    read, opened, public = read_scenario(scenario), open_named(store), trusted(keys)
    issuer = issuer_of(read, by, key, take_over=take_over)
    rung = None
    try:
        issued = put(opened, read.name, issuer, here(read), plan)
        typer.echo(say("issued", plan=short(issued.plan), new=len(issued.commands), known=issued.known))
        if issued.passed_over:
            typer.echo(say("issued.passed_over", plans=", ".join(map(short, issued.passed_over))))
        for finding in issued.late:
            typer.echo(f"  {finding}", err=True)
    except (ApprovalError, InputError, TryLaterError, UsageError) as error:
        if not or_remainder:
            send_what_waits(opened, read, public, wait, lang)
            raise
        fell = issue_remainder(opened, read.name, issuer, here(read), "; ".join(map(str.strip, str(error).splitlines())))
        rung = fell.rung
        told = fell.commands or rung == "remainder"
        typer.echo(say("fell_back", rung=say(f"rung.{rung}"), new=len(fell.commands)) if told else say("fell_back.nothing"))
    shown = deliver_and_show(opened, read, public, wait, lang)
    if not shown.confirmed:
        raise SystemExit(UNCONFIRMED)
    if rung is not None:
        raise SystemExit(FELL_BACK)
    if not shown.whole:
        raise SystemExit(BROKEN)


def recall(
    scenario: ScenarioPath,
    store: StoreUrl = None,
    by: By = None,
    controller: Annotated[
        list[str] | None, typer.Option("--controller", metavar="NAME", help="Repeat it; all controllers by default.")
    ] = None,
    stop: Annotated[bool, typer.Option("--stop", help="Close at once, in the place of going by the fallback.")] = False,
    take_over: TakeOver = False,
    key: Key = None,
    keys: PublicKeys = None,
    wait: Wait = 300.0,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Withdraw what was issued: devices go by their fallback, or close at once. Nobody has to approve that.

    The rest of the day then needs a new plan: run, approve, issue.
    """
    from waterbalance.operate.issuing.recall import recall as take_back
    from waterbalance.report.language import Wording
    from waterbalance.scenario.read import read_scenario

    say = Wording(lang.value)
    read, opened, public = read_scenario(scenario), open_named(store), trusted(keys)
    action: Literal["stop", "withdraw"] = "stop" if stop else "withdraw"
    names = frozenset(controller or ())
    issuer = issuer_of(read, by, key, take_over=take_over)
    recalled = take_back(opened, read.name, issuer, here(read), controllers=names, action=action)
    typer.echo(say(f"recalled.{action}", plan=short(recalled.plan), new=len(recalled.commands), known=recalled.known))
    typer.echo(say("recalled.next"))
    if not deliver_and_show(opened, read, public, wait, lang, names).confirmed:
        raise SystemExit(UNCONFIRMED)


audit_log = typer.Typer(no_args_is_help=True, help="Who did what and when, each line bound to the one before it.")


@audit_log.command()
def verify(
    store: StoreUrl = None,
    head: Annotated[str | None, typer.Option("--head", metavar="HASH", help="A head that was written down before.")] = None,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Check that no line was changed, removed or put in."""
    from waterbalance.report.language import Wording
    from waterbalance.store.agreement import disagreements
    from waterbalance.store.audit_log import head as last_line
    from waterbalance.store.audit_log import verify as check

    with open_named(store).reading() as connection:
        findings = (*check(connection, head), *disagreements(connection))
        number, last = last_line(connection)
    for finding in findings:
        typer.echo(f"  {finding}", err=True)
    if findings:
        raise SystemExit(BROKEN)
    typer.echo(Wording(lang.value)("audit_log.whole", lines=number, head=last))


@audit_log.command()
def show(store: StoreUrl = None) -> None:
    """Print the lines as JSON, the oldest first, one a line."""
    from waterbalance.store.audit_log import entries

    with open_named(store).reading() as connection:
        for entry in entries(connection):
            typer.echo(json.dumps(entry, ensure_ascii=False, sort_keys=True))


def record_and_tell(url: str, planned: Planned, by: str | None, say: Wording, followed: Followed | None = None) -> None:
    """Record a plan for approval, with the orders that its turns went on from, and tell its name."""
    from waterbalance.operate.issuing.record import commands_in
    from waterbalance.operate.remembering.followed_file import followed_bytes
    from waterbalance.operate.remembering.remember import FOLLOWED, inputs_of, keep_run
    from waterbalance.scenario.devices import devices_of
    from waterbalance.schedule.rounding import missed
    from waterbalance.store.plans import find

    devices = devices_of(planned.scenario)
    opened = open_named(url, make=True)
    before = {} if followed is None else {FOLLOWED: followed_bytes(followed)}
    kept = keep_run(opened, planned, {**inputs_of(planned.scenario), **before}, devices.values(), who(by), now())
    plan = kept.plan
    with opened.reading() as connection:
        stored = find(connection, plan)
    if stored.state == "run":
        typer.echo(say("stored", plan=short(plan), devices=len(stored.content["commands"])))
    else:
        typer.echo(say("stored.known", plan=short(plan), state=say(f"plan_state.{stored.state}")))
    typer.echo(say("stored.run", run=kept.run))
    others = stored.content["by_other_means"]
    if others:
        typer.echo(say("by_other_means", structures=say.printable(", ".join(others))))
    if planned.schedule is not None:
        for finding in missed(planned.schedule, commands_in(stored), tuple(devices.values())):
            typer.echo(f"  {finding}", err=True)


def open_named(url: str | None, *, make: bool = False) -> Store:
    """The store of the option or of the environment; only a run makes a new one."""
    from waterbalance.store.database import open_store

    if url is None:
        remedy = "Give --store, or set WATERBALANCE_STORE."
        finding = Finding("nobody says where the store is", allowed="sqlite:///file.sqlite or postgresql://...", remedy=remedy)
        raise UsageError("no store", (finding,))
    return open_store(url, make=make)


def who(by: str | None) -> str:
    """The name that was given, or that of the login. Raises `UsageError` for an empty one."""
    from waterbalance.plan.people import person

    return person(getpass.getuser() if by is None else by)


def here(scenario: Scenario) -> dt.datetime:
    """The moment, by the scenario's clock."""
    from zoneinfo import ZoneInfo

    return now().astimezone(ZoneInfo(scenario.time_zone))


def issuer_of(scenario: Scenario, by: str | None, key: Path | None, *, take_over: bool = False) -> Issuer:
    """Who issues, and how; devices are asked whom they follow where they are to be taken over."""
    from waterbalance.operate.issuing.issue import Issuer
    from waterbalance.operate.issuing.send import field_of
    from waterbalance.scenario.devices import devices_of

    signing = None
    if key is not None:
        require_signing()
        from waterbalance.schedule.signature import read_signing_key

        signing = read_signing_key(key)
    follows: Mapping[str, int] = {}
    if take_over:
        with field_of(scenario, now) as field:
            follows = field.sequences()
    return Issuer(who(by), scenario.issuing, devices_of(scenario), signing, follows)


def deliver_and_show(
    store: Store,
    scenario: Scenario,
    keys: Mapping[str, Ed25519PublicKey],
    wait: float,
    lang: Lang,
    names: frozenset[str] = frozenset(),
) -> Shown:
    """Send what is in the outbox, show what every controller says, those of `names` or of the scenario are meant.

    Plans that were changed in the store are named at the end: they keep no order from any device.
    """
    import time

    from waterbalance.operate.issuing.send import field_of
    from waterbalance.report.language import Wording
    from waterbalance.report.status import status_of
    from waterbalance.report.status_tables import status_tables
    from waterbalance.store.liveness import expect
    from waterbalance.store.outbox import hurry
    from waterbalance.store.plans import require_whole

    with field_of(scenario, now) as field:
        with store.writing() as connection:
            hurry(connection, scenario.controllers, now())
            expect(connection, scenario.name, field.gates)
        field.send(store, keys, dt.timedelta(seconds=wait), time.sleep)
        devices = field.devices
    found = status_of(store, now())
    console().print(status_tables(found, Wording(lang.value)))
    mine = [command for command in found.commands if command.controller in (names or devices)]
    confirmed = all(command.state == "confirmed" for command in mine)
    try:
        require_whole(found.plans)
    except InputError as error:
        complain(error)
        return Shown(confirmed, whole=False)
    return Shown(confirmed, whole=True)


def send_what_waits(store: Store, scenario: Scenario, keys: Mapping[str, Ed25519PublicKey], wait: float, lang: Lang) -> None:
    """Where nothing new may go out: a stop that a gate has not heard yet still does, and receipts are looked for."""
    from waterbalance.store.outbox import next_due

    with store.reading() as connection:
        waits = next_due(connection, scenario.controllers) is not None
    if waits:
        deliver_and_show(store, scenario, keys, wait, lang)


def trusted(keys: Path | None) -> Mapping[str, Ed25519PublicKey]:
    """The public keys of a folder; none where none is named."""
    if keys is None:
        return {}
    require_signing()
    from waterbalance.schedule.signature import read_public_keys

    return read_public_keys(keys)


def require_signing() -> None:
    """Raises `UsageError` where the library of the extra `signing` is missing."""
    try:
        importlib.import_module("cryptography")
    except ImportError:
        remedy = "pip install 'waterbalance[signing]'"
        raise UsageError("no signatures", (Finding("the library cryptography is not installed", remedy=remedy),)) from None


def now() -> dt.datetime:
    """The moment, with its offset."""
    return dt.datetime.now(dt.UTC)
