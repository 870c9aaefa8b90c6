"""Parameters of a model as parameters of a scenario."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from waterbalance.interop.pywr.at_first import value_at_first
from waterbalance.interop.pywr.carried import Argument, UncarriedError
from waterbalance.interop.pywr.nearest import NEAREST
from waterbalance.interop.pywr.steps import refusal, shown
from waterbalance.interop.pywr.values import number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from waterbalance.interop.pywr.carried import Carried
    from waterbalance.interop.pywr.nodes_by_name import ModelNodes
    from waterbalance.interop.pywr.steps import Combination
    from waterbalance.interop.pywr.values import Tables

    Kind = Callable[["ParameterReader", Mapping[str, Any], str], Argument]

DEEPEST_INSIDE = 3
"""Parameters written inside each other more deeply get names of their own, so that the scenario stays readable."""


class ParameterReader:
    """Carries parameters over, each named one once."""

    def __init__(
        self,
        model: Mapping[str, Any],
        carried: Carried,
        nodes: ModelNodes,
        tables: Tables,
        combination: Combination,
        kinds: Mapping[str, Kind],
    ) -> None:
        """`kinds`: how each type is carried over, by its word in small letters."""
        told = model.get("parameters", {})
        if not isinstance(told, dict):
            raise refusal(nodes.file, "parameters", "the parameters are no mapping", shown(told), "{name: {type, ...}}")
        self.carried = carried
        self.nodes = nodes
        self.tables = tables
        self.combination = combination
        self.file = nodes.file
        self._kinds = kinds
        self._told = told
        self._failed: dict[str, UncarriedError] = {}
        self._open: list[str] = []
        self._depth = 0

    def read_all(self) -> None:
        """Every named parameter; those that have no counterpart are listed."""
        for name in self._told:
            try:
                self.argument(name, f"parameters.{name}")
            except UncarriedError as error:
                self.carried.lacks(f"parameters.{name}", error.what, error.instead)

    def argument(self, data: object, place: str) -> Argument:
        """What a number, a name or a mapping stands for. Raises `UncarriedError` where it has no counterpart."""
        if isinstance(data, str):
            return self._named(data, place)
        if isinstance(data, dict):
            return self._mapping(data, place)
        return number(data, place, self.file)

    def arguments(self, data: object, place: str) -> list[Argument]:
        """A list of them."""
        if not isinstance(data, list) or not data:
            raise refusal(self.file, place, "a list of parameters is wanted", shown(data), "[name, number, {type, ...}]")
        return [self.argument(each, f"{place}[{position}]") for position, each in enumerate(data)]

    def asked(self, data: Mapping[str, Any], word: str, place: str) -> Argument:
        """The parameter under a word that must be there."""
        if word not in data:
            raise refusal(self.file, place, f"the parameter has no {word!r}", "nothing", "a number, a name or a mapping")
        return self.argument(data[word], f"{place}.{word}")

    def constant(self, argument: Argument | None) -> float | None:
        """The number that an argument always is; None where it may change."""
        if isinstance(argument, str):
            return self.constant(self.carried.parameters.get(argument))
        return argument if isinstance(argument, float) else None

    def at_first(self, argument: Argument) -> float | None:
        """What an argument gives on the first day; None where it depends on storages or flows."""
        return value_at_first(argument, self.carried)

    def member(self, data: Mapping[str, Any], place: str) -> int:
        """The chosen member of the group of scenarios that a parameter names."""
        group = data.get("scenario")
        if not isinstance(group, str) or group not in self.combination.members:
            known = ", ".join(self.combination.members) or "none"
            raise refusal(self.file, f"{place}.scenario", "there is no such scenario", shown(group), known)
        return self.combination.members[group]

    def capacity(self, storage: object, place: str) -> Argument:
        """What a storage, or all of an aggregated one, can hold."""
        each = [
            self.argument(node.data.get("max_volume", 0.0), f"{node.place}.max_volume")
            for node in self.nodes.storages(storage, place)
        ]
        return each[0] if len(each) == 1 else {"kind": "aggregated", "function": "sum", "of": each}

    def components(self, storage: object, place: str) -> list[str]:
        """The components of a storage, or of all of an aggregated one."""
        return [self.carried.names[node.name] for node in self.nodes.storages(storage, place)]

    def component(self, node: object, place: str) -> str:
        """The component of a node."""
        return self.carried.names[self.nodes.get(node, place).name]

    def _named(self, name: str, place: str) -> Argument:
        if name not in self._told:
            close = difflib.get_close_matches(name, list(self._told), n=1)
            remedy = f"Did you mean {close[0]!r}?" if close else "Add it to 'parameters'."
            raise refusal(self.file, place, "there is no such parameter", repr(name), "a name of 'parameters'", remedy)
        if name in self._failed:
            error = self._failed[name]
            raise UncarriedError(f"it needs parameter {name!r}: {error.what}", error.instead)
        if name not in self.carried.parameters:
            if name in self._open:
                circle = " -> ".join([*self._open[self._open.index(name) :], name])
                raise refusal(
                    self.file, place, "parameters go round in a circle", circle, "parameters that need no other in a circle"
                )
            self._open.append(name)
            depth, self._depth = self._depth, 0
            try:
                self.carried.parameters[name] = self.argument(self._told[name], f"parameters.{name}")
            except UncarriedError as error:
                self._failed[name] = error
                raise
            except RecursionError:
                raise refusal(self.file, place, "too many parameters need each other", repr(name), "fewer") from None
            finally:
                self._open.pop()
                self._depth = depth
        return name

    def _mapping(self, data: Mapping[str, Any], place: str) -> Argument:
        if "type" not in data:
            if "table" in data or "url" in data:
                found = self.tables.lookup(data, place)
                if isinstance(found, float):
                    return found
                raise UncarriedError("a table gives several values where one is wanted", "Name 'index' and 'column'.")
            raise refusal(self.file, place, "the parameter has no type", shown(dict(data)), "{type, ...}")
        word = data["type"]
        if not isinstance(word, str):
            raise refusal(self.file, f"{place}.type", "the type is no word", shown(word), "a word such as monthlyprofile")
        kind = word.lower().removesuffix("parameter")
        carry = self._kinds.get(kind)
        if carry is None:
            near = difflib.get_close_matches(kind, self._kinds, n=1)
            otherwise = f"The nearest is {near[0]!r}." if near else "Use another parameter, or a table of its values."
            raise UncarriedError(f"parameters of type {word!r} have no counterpart", NEAREST.get(kind, otherwise))
        self._depth += 1
        try:
            made = carry(self, data, place)
        finally:
            self._depth -= 1
        if isinstance(made, dict) and (isinstance(data.get("name"), str) or self._depth >= DEEPEST_INSIDE):
            return self._hoisted(made, str(data.get("name", place)))
        return made

    def _hoisted(self, made: Argument, wanted: str) -> str:
        name, count = wanted, 2
        while name in self.carried.parameters or name in self._told:
            name, count = f"{wanted} {count}", count + 1
        self.carried.parameters[name] = made
        return name
