"""The small process that runs on: it sends what is due, and sets gates that have no memory at the time of each row."""

from __future__ import annotations

import datetime as dt
import os
import platform
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from waterbalance.cli.issuing import PublicKeys, StoreUrl, now, open_named, trusted
from waterbalance.cli.options import Lang, Language, ScenarioPath
from waterbalance.cli.showing import complain

if TYPE_CHECKING:
    from types import FrameType

    from waterbalance.operate.issuing.dispatcher import Tick
    from waterbalance.report.language import Wording


def dispatcher(
    scenario: ScenarioPath,
    store: StoreUrl = None,
    keys: PublicKeys = None,
    every: Annotated[float, typer.Option("--every", metavar="SECONDS", min=0.1, max=86400.0, help="How often it looks.")] = 10.0,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Run on: send what is due and set gates that only take a setpoint now, until Ctrl-C or SIGTERM."""
    from waterbalance.operate.issuing.dispatcher import tick
    from waterbalance.operate.issuing.send import field_of
    from waterbalance.report.language import Wording
    from waterbalance.scenario.read import read_scenario
    from waterbalance.store.database import StoreError
    from waterbalance.store.liveness import Dispatcher, beat
    from waterbalance.store.outbox import forgotten

    say = Wording(lang.value)
    read, opened, public = read_scenario(scenario), open_named(store), trusted(keys)
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    def pause(seconds: float) -> None:
        ended.wait(seconds)

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, end)

    def send() -> None:
        empty = field.beat()
        if empty:
            with opened.writing() as connection:
                forgotten(connection, empty, now())
        field.send(opened, public, dt.timedelta(0), pause)

    with field_of(read, now) as field, ThreadPoolExecutor(1, thread_name_prefix="send") as sender:
        mine = Dispatcher(read.name, frozenset(field.gates), platform.node(), os.getpid(), every, now())
        typer.echo(say("dispatcher.begins", gates=len(field.gates), devices=len(field.devices)))
        sending, failed = sender.submit(send), dict[str, str]()
        while not ended.is_set():
            try:
                with opened.writing() as connection:
                    beat(connection, replace(mine, alive_at=now()))
                # A device that answers slowly, or not at all, holds up no gate: it is told beside them.
                if sending.done():
                    sent, sending = sending, sender.submit(send)
                    sent.result()
                done = tick(opened, field.gates, field.devices, now())
                tell(
                    replace(done, failed={name: why for name, why in done.failed.items() if failed.get(name) != why}),
                    say,
                    ZoneInfo(read.time_zone),
                )
                failed = dict(done.failed)
            except StoreError as error:
                # It goes on when the store is back: nothing that it has to do is kept in memory.
                complain(error)
            pause(every)
    typer.echo(say("dispatcher.ends"))


def tell(done: Tick, say: Wording, zone: ZoneInfo) -> None:
    """One line for each gate that was set, or could not be set for a reason that is new; by the clock of the scenario."""
    moment = now().astimezone(zone).isoformat(timespec="seconds")
    for name, setpoint in done.set.items():
        typer.echo(say("dispatcher.set", moment=moment, gate=say.printable(name), setpoint=f"{setpoint:g}"))
    for name, why in done.failed.items():
        typer.echo(say("dispatcher.failed", moment=moment, gate=say.printable(name), why=say.printable(why)), err=True)
