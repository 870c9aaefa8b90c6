"""No file needs another that needs it, not even for a name in an annotation."""

import grimp
import numpy as np
from scipy.sparse.csgraph import connected_components

CONTRACTS = {
    frozenset({"network.component", "network.ledger", "network.network", "network.step"}),
    frozenset({"parameter.moment", "parameter.moments", "parameter.parameter"}),
}
"""A contract and the words in which it is spoken name each other in their annotations; each is one page to read."""


def circles(*, annotations: bool) -> set[frozenset[str]]:
    """Modules that import each other, however long the way; `annotations` counts what only annotations need."""
    graph = grimp.build_graph("waterbalance", exclude_type_checking_imports=not annotations, cache_dir=None)
    modules = sorted(graph.modules)
    places = {module: place for place, module in enumerate(modules)}
    imports = np.zeros((len(modules), len(modules)), dtype=bool)
    for module in modules:
        for imported in graph.find_modules_directly_imported_by(module):
            imports[places[module], places[imported]] = True
    _, group = connected_components(imports, directed=True, connection="strong")
    members = (np.flatnonzero(group == number) for number in np.flatnonzero(np.bincount(group) > 1))
    return {frozenset(modules[place].removeprefix("waterbalance.") for place in each) for each in members}


def test_only_contracts_and_their_words_name_each_other() -> None:
    assert circles(annotations=True) == CONTRACTS


def test_nothing_needs_a_circle_to_run() -> None:
    assert circles(annotations=False) == set()
