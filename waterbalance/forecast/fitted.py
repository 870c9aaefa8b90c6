"""A forecaster must have learned before it tells."""

from __future__ import annotations

from typing import TypeVar

from waterbalance.errors import UsageError

Learned = TypeVar("Learned")


def fitted(learned: Learned | None, forecaster: object) -> Learned:
    """What a forecaster learned.

    Raises `UsageError` before its first `fit`.
    """
    if learned is None:
        raise UsageError(f"call fit of {type(forecaster).__name__} before predict")
    return learned
