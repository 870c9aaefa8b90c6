"""One way to write a value as bytes, so that hashes and signatures mean the value and not its spelling.

JSON Canonicalization Scheme (Rundgren, Jordan and Erdtman 2020, RFC 8785): sorted keys, no spaces, numbers as ECMAScript
writes them.
"""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785

from waterbalance.errors import Finding, InputError


def canonical(value: Any) -> bytes:  # noqa: ANN401 (whatever JSON can hold)
    """The bytes of a JSON value. Raises `InputError` for what JSON has no place for: NaN, infinity, integers beyond 2^53."""
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        allowed = "finite numbers, whole numbers below 2^53, texts, lists and mappings of these"
        raise InputError(
            "this cannot be sent", (Finding("a value has no place in JSON", found=str(error), allowed=allowed),)
        ) from None


def sha256(value: bytes) -> str:
    """Hash in hexadecimal, 64 characters."""
    return hashlib.sha256(value).hexdigest()
