"""One example for every component and every rule, solved by hand in the comments.

A file of this folder gives its examples in `EXAMPLES`: the type's word in a scenario file, where one type has several
examples with a dash and what this one shows (`reservoir-flood_pool`). Nothing else has to be told about a new file.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from network.example import Example

_MODULES = [importlib.import_module(f"network.examples.{each.name}") for each in pkgutil.iter_modules(__path__)]

EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {name: example for module in _MODULES for name, example in module.EXAMPLES.items()}
)


def kind_of(name: str) -> str:
    """The type that an example is about."""
    return name.partition("-")[0]
