"""The examples in the docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import waterbalance

MODULES = sorted(found.name for found in pkgutil.walk_packages(waterbalance.__path__, "waterbalance."))


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_the_docstrings(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    assert result.failed == 0
