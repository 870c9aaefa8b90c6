"""What must hold after every night, whatever went wrong: nothing lost, nothing doubled, nothing half-written."""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from operate.reed_lake import GATES, Bureau
from waterbalance.operate.configuring.night_settings import read_night_settings
from waterbalance.operate.remembering.remember import FORECASTS, LADDER, NIGHT, OVERRIDES, POLICY, STATE
from waterbalance.plan.life_cycle import IN_FORCE
from waterbalance.report.json_text import json_text
from waterbalance.schedule.canonical import sha256
from waterbalance.schedule.schedule import Schedule
from waterbalance.store import nights, run_files
from waterbalance.store.alarms import ringing
from waterbalance.store.audit_log import verify
from waterbalance.store.database import Store, open_store
from waterbalance.store.outbox import newest_of_each
from waterbalance.store.results import forecasts_from, plan_from
from waterbalance.store.tables import commands, expectations, plans, runs

LOUD = frozenset({2, 11, 65, 69, 75})
"""Exit codes that say that there is no new schedule, or that somebody has to look at a device."""


KEPT = dt.timedelta(days=8)
"""How long results are kept, as the configuration says."""


@dataclass(frozen=True)
class Outbox:
    """Commands as they stood once: they may change their state, and nothing else."""

    commands: frozenset[tuple[str, str, int, bytes]]


def told_so_far(store: Store) -> Outbox:
    """The outbox, to be compared with later."""
    with store.reading() as connection:
        return Outbox(frozenset(_outbox(connection)))


def wrong_after(bureau: Bureau, before: Outbox, exit_code: int | None) -> list[str]:
    """Everything that is wrong when a night is over; `exit_code` is None where the process was killed or did not run."""
    with closing(open_store(read_night_settings(bureau.config).store_url)) as store, store.reading() as connection:
        return [
            *(f"audit log: {finding}" for finding in verify(connection)),
            *_about_exit(connection, bureau, exit_code),
            *_about_plans(connection),
            *_about_commands(connection, before),
            *_about_nights(connection, bureau, finished=exit_code in {0, 10, 11, 12}),
            *_about_runs(connection, bureau),
        ]


def _about_exit(connection: Connection, bureau: Bureau, exit_code: int | None) -> Iterator[str]:
    if exit_code is None:
        return
    noon = bureau.now() + dt.timedelta(hours=10)
    last = nights.last(connection, "reed_lake")
    if exit_code in {0, 10, 12}:
        held = newest_of_each(connection, frozenset({"confirmed"}))
        valid = {each.controller for each in held if each.valid_from <= noon < each.valid_until}
        ever = connection.execute(select(plans.c.plan).where(plans.c.state.in_(sorted({*IN_FORCE, "superseded"})))).first()
        if ever is not None and valid != set(GATES):
            yield f"ended with {exit_code}, and {', '.join(sorted(set(GATES) - valid))} hold no rows for noon"
        if exit_code == 10 and last and last[0].exit_code == 10 and last[0].rung is None and not ringing(connection):
            yield "a fallback without a plan rings no alarm"
    elif exit_code not in LOUD:
        yield f"exit code {exit_code} is not documented"


def _about_plans(connection: Connection) -> Iterator[str]:
    current = connection.execute(select(plans.c.plan).where(plans.c.state.in_(sorted(IN_FORCE)))).all()
    if len(current) > 1:
        yield f"{len(current)} plans are in force"


def _about_commands(connection: Connection, before: Outbox) -> Iterator[str]:
    there = list(_outbox(connection))
    if before.commands - {each for each in there if each in before.commands}:
        yield "commands of the outbox are gone, or say something else"
    last: dict[str, int] = {}
    for cmd_id, controller, sequence, payload in there:
        if sequence <= last.get(controller, -1):
            yield f"{controller}: sequence {sequence} does not rise"
        last[controller] = sequence
        told = json.loads(payload)
        if (told["command"]["cmd_id"] if "command" in told else told.get("cmd_id")) != cmd_id:
            yield f"{controller}: the payload of {cmd_id} is of another command"


def _about_nights(connection: Connection, bureau: Bureau, *, finished: bool) -> Iterator[str]:
    all_nights = nights.last(connection, "reed_lake", 10_000)
    running = [each for each in all_nights if each.state == "running"]
    if finished and running:
        yield f"{len(running)} nights run for ever: {', '.join(str(each.key.date) for each in running)}"
    if len(running) > 1:
        yield "two nights run at once"
    for each in all_nights:
        if each.state == "done" and (each.run is None or each.plan is None):
            yield f"the night of {each.key.date} is done without a run or a plan"
        recent = each.ended_at is not None and bureau.now() - each.ended_at < KEPT
        if (
            each.state == "done"
            and recent
            and each.run is not None
            and not (_results(bureau) / each.run / "manifest.json").is_file()
        ):
            yield f"the run of {each.key.date} is not in the folder of results"


def _about_runs(connection: Connection, bureau: Bureau) -> Iterator[str]:
    """Every run of a plan of the engine is whole in the store and in its folder, and both tell the same orders."""
    for row in connection.execute(select(runs, plans.c.content, plans.c.label).join(plans, plans.c.plan == runs.c.plan)):
        if row.label == "fallback":
            continue
        kept = run_files.of_run(connection, row.run)
        if not kept and bureau.now() - row.at >= KEPT:
            continue
        lacks = {STATE, FORECASTS, POLICY, LADDER, NIGHT, OVERRIDES, "inputs/scenario.yaml"} - set(kept)
        if lacks:
            yield f"run {row.run} lacks {', '.join(sorted(lacks))}"
        if connection.execute(select(expectations.c.run).where(expectations.c.run == row.run)).first() is None:
            yield f"run {row.run} has no forecasts"
        told = json.loads(row.manifest)["outputs"]["schedule.json"]
        orders = json.loads(bytes(row.content))["schedule"]
        if sha256(json_text(_in_order_of(Schedule.from_dict(orders).to_dict(), orders)).encode()) != told:
            yield f"run {row.run}: the plan of the store has other orders than its manifest"
    for folder in sorted(_results(bureau).glob("*")):
        yield from _about_folder(connection, bureau, folder.name)


def _in_order_of(like: Any, told: Any) -> Any:  # noqa: ANN401 (JSON)
    """The same with its keys, and its whole numbers, as they were before they became canonical."""
    if isinstance(like, dict):
        return {key: _in_order_of(each, told[key]) for key, each in like.items()}
    if isinstance(like, list):
        return [_in_order_of(one, other) for one, other in zip(like, told, strict=True)]
    return float(told) if isinstance(like, float) else told


def _about_folder(connection: Connection, bureau: Bureau, run: str) -> Iterator[str]:
    folder = _results(bureau) / run
    if not (folder / "manifest.json").is_file():
        return
    try:
        told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        plan = plan_from((folder / "plan.parquet").read_bytes())
        forecasts = forecasts_from((folder / "forecasts.parquet").read_bytes())
    except (OSError, ValueError) as error:
        yield f"the folder of run {run} has a manifest and is not whole: {error}"
        return
    if {str(plan.horizon.start), str(forecasts.horizon.start)} != {told["start"]}:
        yield f"the folder of run {run} holds another plan than its manifest says"
    row = connection.execute(select(runs.c.manifest).where(runs.c.run == run)).first()
    if row is not None and json.loads(row.manifest)["outputs"] != told["outputs"]:
        yield f"run {run}: the manifests of store and folder differ"
    orders = folder / "schedule.json"
    if row is not None and orders.is_file() and sha256(orders.read_bytes()) != told["outputs"]["schedule.json"]:
        yield f"run {run}: schedule.json is another one than its manifest says"


def _outbox(connection: Connection) -> Iterator[tuple[str, str, int, bytes]]:
    query = select(commands.c.cmd_id, commands.c.controller, commands.c.sequence, commands.c.payload)
    for row in connection.execute(query.order_by(commands.c.controller, commands.c.sequence)):
        yield row.cmd_id, row.controller, int(row.sequence), bytes(row.payload)


def _results(bureau: Bureau) -> Path:
    return read_night_settings(bureau.config).results_folder
