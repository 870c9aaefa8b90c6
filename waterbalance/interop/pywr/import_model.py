"""A Pywr model, 1.x or 2, as a scenario folder.

Pywr solves one linear program for each time step, which makes the sum of cost x flow as small as limits allow; parameters are
worked out before, from how the step before ended. The scenario says the same: nodes with limits and prices, one goal for the
least cost, and parameters; `simulate --myopic` goes through it step by step. All volumes stay in the model's own unit, which
the scenario calls m3.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from waterbalance.errors import Finding, InputError, Place
from waterbalance.interop.json_model import read_json_model
from waterbalance.interop.pywr.accounts import write_accounts
from waterbalance.interop.pywr.carried import Carried
from waterbalance.interop.pywr.circles import list_paid_circle
from waterbalance.interop.pywr.compound_nodes import COMPOUND_KINDS
from waterbalance.interop.pywr.data_files import DataFiles
from waterbalance.interop.pywr.includes import with_includes
from waterbalance.interop.pywr.nodes import KINDS, NodeWriter
from waterbalance.interop.pywr.nodes_by_name import nodes_of
from waterbalance.interop.pywr.parameter_kinds import PARAMETER_KINDS
from waterbalance.interop.pywr.parameters import ParameterReader
from waterbalance.interop.pywr.recorders import write_recorders
from waterbalance.interop.pywr.scenario_texts import scenario_texts
from waterbalance.interop.pywr.state_kinds import STATE_KINDS
from waterbalance.interop.pywr.steps import Combination, combination_of, refusal, steps_of
from waterbalance.interop.pywr.values import Tables
from waterbalance.interop.pywr2.carry import carry_second, is_second
from waterbalance.scenario.read import read_scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

SECTIONS = frozenset(
    {
        "metadata",
        "timestepper",
        "solver",
        "nodes",
        "edges",
        "parameters",
        "recorders",
        "scenarios",
        "scenario_combinations",
        "tables",
    }
)
"""Sections of a model that are read, or that say nothing about water."""


def import_model(path: Path, out: Path, combination: int = 0) -> Carried:
    """Write the scenario of a model, for one combination of its scenarios, into a new or empty folder.

    Returns what was carried over, with the list of what was not. Raises `InputError` where the model cannot be read, names
    what does not exist, or leads out of its folder; nothing is written then.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        finding = Finding(
            "something is there already", Place(str(out)), allowed="a new or empty folder", remedy="Name a new folder."
        )
        raise InputError("no scenario was written", (finding,))
    model = read_json_model(path)
    carried, chosen = (carry_second if is_second(model) else carry)(model, path, combination)
    if chosen.count > 1:
        others = f"0 to {chosen.count - 1}"
        told = f"combination {chosen.number} of its scenarios ({chosen}); import the others by --combination {others}"
        carried.remarks.append(told)
    texts = scenario_texts(model, carried, chosen, path)
    try:
        with TemporaryDirectory() as place:
            _write(texts, Path(place))
            read_scenario(place)
        out.mkdir(parents=True, exist_ok=True)
        _write(texts, out)
    except OSError as error:
        finding = Finding("the folder cannot be written", Place(str(out)), error.strerror, "a folder that you may write to")
        raise InputError("no scenario was written", (finding,)) from None
    except InputError as error:
        findings = tuple(replace(each, where=replace(each.where, file=None, line=None, column=None)) for each in error.findings)
        raise InputError(f"{path} makes no sound scenario; nothing was written", findings) from None
    return carried


def _write(texts: Mapping[str, str], folder: Path) -> None:
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def carry(model: Mapping[str, Any], path: Path, combination: int = 0) -> tuple[Carried, Combination]:
    """Everything of a Pywr 1.x model that a scenario can hold."""
    file = str(path)
    if "models" in model:
        allowed = "one model with 'nodes' and 'edges'"
        raise refusal(file, "models", "this file joins several models", "'models'", allowed, "Import each of them on its own.")
    carried, files = Carried(steps_of(model, file)), DataFiles(path)
    model = with_includes(model, files, file, carried)
    chosen, nodes = combination_of(model, combination, file), nodes_of(model, file)
    for section in model:
        if section not in SECTIONS:
            carried.lacks(section, "this section is not read", "Write what it holds into the model itself.")
    reader = ParameterReader(model, carried, nodes, Tables(model, files, file), chosen, {**PARAMETER_KINDS, **STATE_KINDS})
    writer = NodeWriter(reader)
    writer.name_all()
    reader.read_all()
    writer.write_all({**KINDS, **COMPOUND_KINDS})
    write_accounts(writer)
    write_recorders(writer, model)
    list_paid_circle(carried, reader)
    for name in carried.parameters:
        carried.report_parameter(name, name, "parameter")
    return carried, chosen
