"""Tiny named networks, most of them with an answer that a hand or a formula gives; judged in several rooms.

A file of this folder gives its networks in `CASES` (functions that make a `Case`), and those without a plan in `INVALID`
(with a component and a date that the complaint must name). Nothing else has to be told about a new file.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gallery.building import (
    ANY,
    COMMON,
    START,
    Case,
    canal,
    case,
    days_before,
    in_order,
    least,
    make,
    most,
    pipe,
    river_to_sea,
    zone,
)

__all__ = [
    "ANY",
    "COMMON",
    "GALLERY",
    "INVALID",
    "START",
    "Case",
    "canal",
    "case",
    "days_before",
    "in_order",
    "least",
    "make",
    "most",
    "pipe",
    "river_to_sea",
    "zone",
]

_MODULES = [importlib.import_module(f"gallery.{each.name}") for each in pkgutil.iter_modules(__path__)]

GALLERY: Mapping[str, Callable[[], Case]] = MappingProxyType(
    {make_case.__name__: make_case for module in _MODULES for make_case in getattr(module, "CASES", ())}
)

INVALID: Mapping[str, tuple[Callable[[], Case], str, str]] = MappingProxyType(
    {invalid[0].__name__: invalid for module in _MODULES for invalid in getattr(module, "INVALID", ())}
)
"""Networks without a plan; a component and a date that the complaint must name."""
