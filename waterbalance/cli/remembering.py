"""What the store remembers: a run once more, the store as a file and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from waterbalance.cli.issuing import BROKEN, StoreUrl, open_named
from waterbalance.cli.options import Lang, Language
from waterbalance.errors import Finding, Place, UsageError

OTHERWISE = 65
"""Exit code where a run does not come out as it was."""


def replay(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Name of a run, or hash of its plan; the first characters will do.")],
    store: StoreUrl = None,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Make a stored run once more from what was kept of it, and prove that the same bytes come out."""
    from waterbalance.operate.remembering.replay import replay as once_more
    from waterbalance.operate.remembering.replay_night import as_it_was_made
    from waterbalance.report.language import Wording

    say = Wording(lang.value)
    opened = open_named(store)
    replayed = once_more(opened, run, as_it_was_made(opened))
    typer.echo(say("replay.run", run=replayed.run, plan=replayed.plan))
    for name, same in replayed.outputs.items():
        typer.echo(say("replay.same" if same else "replay.other", file=name))
    if replayed.proven:
        typer.echo(say("replay.proven"))
        return
    reasons = (
        ("replay.remade", replayed.remade),
        ("replay.by_clock", replayed.by_clock),
        ("replay.versions", replayed.versions),
    )
    typer.echo(say("replay.not_proven"))
    for word, told in reasons:
        if told:
            typer.echo(say(word, names=say.printable(", ".join(told))))
    raise SystemExit(OTHERWISE)


store = typer.Typer(no_args_is_help=True, help="The store as a file, and back.")


@store.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the backup is written; an old one is replaced.")],
    url: StoreUrl = None,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Write the whole store into one file, while others may write on."""
    from waterbalance.report.atomic import writing
    from waterbalance.report.language import Wording
    from waterbalance.store.backup import backup as save

    with writing(file):
        saved = save(open_named(url), file)
    say = Wording(lang.value)
    typer.echo(say("store.saved", rows=sum(saved.rows.values()), tables=len(saved.rows), file=file, head=saved.head))


@store.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    url: StoreUrl = None,
    lang: Language = Lang.ENGLISH,
) -> None:
    """Fill a new store, of either kind, from a backup."""
    from waterbalance.report.language import Wording
    from waterbalance.store.restore import restore as fill

    if url is None:
        remedy = "Give --store, or set WATERBALANCE_STORE."
        raise UsageError("no store", (Finding("nobody says where the store is", Place(file=str(file)), remedy=remedy),))
    restored = fill(url, file)
    say = Wording(lang.value)
    typer.echo(say("store.restored", rows=sum(restored.rows.values()), tables=len(restored.rows), head=restored.head))
    for finding in restored.findings:
        typer.echo(f"  {finding}", err=True)
    if restored.findings:
        raise SystemExit(BROKEN)
