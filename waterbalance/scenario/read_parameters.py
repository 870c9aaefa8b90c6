"""The sections `parameters` and `set_by`: small trees of parameters, with a place for every complaint."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pydantic import ValidationError

from waterbalance.errors import Finding, Place
from waterbalance.parameter.parameter import Argument, Parameter, names_in, parameter_kinds, tree_of
from waterbalance.parameter.parameters import Parameters
from waterbalance.parameter.series import Series
from waterbalance.scenario.csv_file import CsvComplaints, cell_date, cell_number, csv_rows
from waterbalance.scenario.document import Entries, Items, Node, Scalar
from waterbalance.scenario.sections import from_file
from waterbalance.scenario.wording import findings_of, listed, nearest, shown

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from waterbalance.network.network import Network
    from waterbalance.parameter.parameter import Key
    from waterbalance.scenario.document import PathInside
    from waterbalance.scenario.draft import Draft

KIND = "kind"


def read_parameters(draft: Draft, network: Network) -> Parameters:
    """The parameters that could be read; what is wrong with the others goes to the findings."""
    reader = _Reader(draft)
    named = dict(reader.section("parameters"))
    sets = {_key(name): argument for name, argument in reader.section("set_by")}
    unread = {name for name, _, _ in _entries(draft, "parameters")} - set(named)
    draft.findings.extend(_unknown_names(draft, named, sets, unread))
    draft.findings.extend(_circles(draft, named))
    draft.findings.extend(_unknown_subjects(draft, network, named, sets))
    draft.findings.extend(_unfit_targets(draft, network, sets))
    return Parameters(named, sets)


class _Reader:
    """Reads trees of parameters, and every table of theirs once."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._kinds = parameter_kinds()
        self._tables: dict[str, Mapping[str, tuple[tuple[dt.date, ...], tuple[float, ...]]] | None] = {}

    def section(self, name: str) -> Iterator[tuple[str, Argument]]:
        """Name and parameter of every entry that can be read."""
        for key, _, node in _entries(self._draft, name):
            found = self._read(node, (name, key))
            if found is not None:
                yield key, found

    def _read(self, node: Node, path: PathInside) -> Argument | None:
        if isinstance(node, Scalar):
            if isinstance(node.value, bool) or node.value is None:
                self._complain("this is no parameter", path, shown(node.text), "a number, a name or a kind with its fields")
                return None
            return node.value
        if isinstance(node, Items):
            self._complain("this is no parameter", path, "a list", "a number, a name or a kind with its fields")
            return None
        return self._of_kind(node, path)

    def _of_kind(self, node: Entries, path: PathInside) -> Parameter | None:
        word = node.entries.get(KIND)
        kind = None if word is None or not isinstance(word[1], Scalar) else self._kinds.get(word[1].text)
        if kind is None:
            found = "nothing" if word is None else shown(getattr(word[1], "text", "a mapping"))
            remedy = nearest(found.strip("'"), self._kinds, "Choose one of those.")
            self._complain("unknown kind of parameter", (*path, KIND), found, listed(self._kinds), remedy)
            return None
        fields = {name: self._plain(value, (*path, name)) for name, _, value in node if name != KIND}
        try:
            made = kind.model_validate(fields, context=from_file(self._draft.document))
        except ValidationError as error:
            told = error.errors(include_url=False)
            self._draft.findings.extend(findings_of(told, self._draft.document, path, kind.model_fields))
            return None
        return self._with_rows(made, path) if isinstance(made, Series) else made

    def _plain(self, node: Node, path: PathInside) -> object:
        """A field: parameters inside of it are read, everything else stays as it is."""
        if isinstance(node, Scalar):
            return node.value
        if isinstance(node, Items):
            return [self._plain(item, (*path, number)) for number, item in enumerate(node.items)]
        return self._of_kind(node, path)

    def _with_rows(self, series: Series, path: PathInside) -> Series | None:
        if series.file not in self._tables:
            self._tables[series.file] = self._table(series.file, path)
        table = self._tables[series.file]
        if table is None:
            return None
        if series.column not in table:
            remedy = nearest(series.column, table, "Name a column of the table.")
            self._complain("the table has no such column", (*path, "column"), repr(series.column), listed(table), remedy)
            return None
        return series.with_rows(*table[series.column])

    def _table(self, file: str, path: PathInside) -> Mapping[str, tuple[tuple[dt.date, ...], tuple[float, ...]]] | None:
        folder = self._draft.folder
        text = folder.text(file, self._draft.document.place((*path, "file")))
        if text is None:
            return None
        complaints = CsvComplaints(folder.label(file))
        rows = csv_rows(text, complaints)
        dates = [cell_date(row.cells[0], row.line, complaints) for row in rows[1:]]
        columns = [
            [cell_number(row.cells[number], row.line, number + 1, complaints) for row in rows[1:]]
            for number in range(1, len(rows[0].cells) if rows else 0)
        ]
        ordered = all(one is not None and other is not None and one < other for one, other in pairwise(dates))
        if not len(complaints) and (not dates or not ordered):
            remedy = "Sort the rows, and keep one for each date."
            complaints.add(
                "the dates of the table do not ascend", 1, 1, "no rows" if not dates else "a step back", "dates", remedy
            )
        if len(complaints):
            complaints.hand_over(self._draft.findings)
            return None
        kept = tuple(date for date in dates if date is not None)
        return {
            name: (kept, tuple(value for value in column if value is not None))
            for name, column in zip(rows[0].cells[1:], columns, strict=True)
        }

    def _complain(self, what: str, path: PathInside, found: str, allowed: str, remedy: str = "Write one of those.") -> None:
        self._draft.findings.add(Finding(what, self._draft.document.place(path), found, allowed, remedy))


def _entries(draft: Draft, section: str) -> Iterator[tuple[str, Scalar, Node]]:
    node = draft.document.node((section,))
    return iter(node) if isinstance(node, Entries) else iter(())


def _key(name: str) -> Key:
    component, _, quantity = name.partition(".")
    return component, quantity


def _unknown_names(
    draft: Draft, named: Mapping[str, Argument], sets: Mapping[Key, Argument], unread: set[str]
) -> Iterator[Finding]:
    """Names of parameters that do not exist; those that could not be read have their findings."""
    known = {*named, *unread}
    for path, argument in _placed(named, sets):
        for name in dict.fromkeys(names_in(argument)):
            if name not in known:
                remedy = nearest(name, known, "Add it to the section 'parameters'.")
                yield Finding("unknown parameter", draft.document.place(path), repr(name), listed(sorted(known)), remedy)


def _placed(named: Mapping[str, Argument], sets: Mapping[Key, Argument]) -> Iterator[tuple[PathInside, Argument]]:
    yield from ((("parameters", name), argument) for name, argument in named.items())
    yield from ((("set_by", ".".join(key)), argument) for key, argument in sets.items())


def _circles(draft: Draft, named: Mapping[str, Argument]) -> Iterator[Finding]:
    """Parameters that need themselves."""
    sound: set[str] = set()
    for first in named:
        way: list[str] = []
        waiting = [(first, iter(names_in(named[first])))]
        while waiting:
            name, onward = waiting[-1]
            if not way or way[-1] != name:
                way.append(name)
            following = next((each for each in onward if each not in sound and each in named), None)
            if following is None:
                sound.add(way.pop())
                waiting.pop()
            elif following in way:
                circle = " -> ".join([*way[way.index(following) :], following])
                yield Finding("parameters go round in a circle", draft.document.place(("parameters", first)), circle)
                return
            else:
                waiting.append((following, iter(names_in(named[following]))))


def _unknown_subjects(
    draft: Draft, network: Network, named: Mapping[str, Argument], sets: Mapping[Key, Argument]
) -> Iterator[Finding]:
    """Components that parameters look at and that do not exist."""
    names = [component.name for component in network]
    for path, argument in _placed(named, sets):
        trees = list(tree_of(argument))
        looked_at = {name for each in trees for name in each.stocks()}
        looked_at |= {name for each in trees for name, _ in each.remembers()}
        for name in sorted(looked_at - set(names)):
            where = draft.document.place(path)
            yield Finding(
                "a parameter looks at a component that does not exist", where, repr(name), None, nearest(name, names, "Add it.")
            )


def _unfit_targets(draft: Draft, network: Network, sets: Mapping[Key, Argument]) -> Iterator[Finding]:
    """Quantities that cannot be set, or that a table gives as well."""
    for component, quantity in sets:
        where: Place = draft.document.key_place(("set_by", f"{component}.{quantity}"))
        if component in draft.known.unread:
            continue
        if component not in network:
            names = [each.name for each in network]
            yield Finding(
                "unknown component", where, repr(component), None, nearest(component, names, "Write 'component.quantity'.")
            )
        elif quantity not in network[component].varying_here():
            allowed = network[component].varying_here()
            remedy = nearest(quantity, allowed, "Choose one of those.")
            yield Finding("this quantity cannot be set", where, repr(quantity), listed(allowed), remedy)
