"""Whether a data file is the one that a model was made with."""

from __future__ import annotations

import hashlib

from waterbalance.interop.pywr.steps import refusal, shown

_KINDS = {"MD5": hashlib.md5, "SHA256": hashlib.sha256}


def require_checksum(content: bytes, told: object, place: str, file: str) -> None:
    """Raise `InputError` where a file has another checksum than the model tells."""
    if told is None:
        return
    kind = _KINDS.get(str(told.get("type"))) if isinstance(told, dict) else None
    if not isinstance(told, dict) or kind is None:
        raise refusal(file, f"{place}.checksum", "this is no checksum", shown(told), "{type: SHA256 or MD5, hash: text}")
    found = kind(content, usedforsecurity=False).hexdigest()
    if found != str(told.get("hash")).lower():
        remedy = "Take the file that belongs to the model, or remove the checksum."
        raise refusal(
            file, f"{place}.checksum", "the file is another one than the model was made with", found, "the hash", remedy
        )
