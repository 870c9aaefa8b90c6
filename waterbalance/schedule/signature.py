"""Ed25519 signatures over canonical JSON, with names of keys, so that a key can be followed by another one.

    signature = Ed25519(private key, canonical JSON of the envelope without its signature)

Bernstein et al. 2012, doi:10.1007/s13389-012-0027-1; RFC 8032. Keys are PEM files; the private one stays with the engine,
devices and whoever checks get the public ones. Needs the extra `signing`.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from waterbalance.errors import Finding, InputError, Place, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from waterbalance.schedule.envelope import Envelope


@dataclass(frozen=True)
class SigningKey:
    """A private key and its name."""

    key_id: str
    private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"SigningKey({self.key_id!r})"


def sign(envelope: Envelope, key: SigningKey) -> Envelope:
    """The envelope with its signature."""
    named = replace(envelope, key_id=key.key_id, signature=None)
    return replace(named, signature=base64.b64encode(key.private.sign(named.signed())).decode("ascii"))


def wrong_signature(envelope: Envelope, keys: Mapping[str, Ed25519PublicKey]) -> Finding | None:
    """Why a signature does not hold; None where it does. `keys`: public keys that are trusted, by their names."""
    where = Place(component=envelope.command.controller)
    if envelope.signature is None or envelope.key_id is None:
        return Finding("the command is not signed", where)
    if envelope.key_id not in keys:
        return Finding("the command is signed with an unknown key", where, envelope.key_id, ", ".join(sorted(keys)) or "no key")
    try:
        signature = base64.b64decode(envelope.signature, validate=True)
        keys[envelope.key_id].verify(signature, replace(envelope, signature=None).signed())
    except (InvalidSignature, binascii.Error, ValueError):
        return Finding("the signature is not that of what the command says", where, f"key {envelope.key_id}")
    return None


def read_signing_key(path: Path, key_id: str | None = None) -> SigningKey:
    """A private key from its PEM file, named after it. Raises `UsageError` where it is none."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise _no_key(path, str(error.strerror)) from None
    except (ValueError, TypeError) as error:
        raise _no_key(path, type(error).__name__) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key(path, type(key).__name__)
    return SigningKey(key_id or path.stem, key)


def read_public_keys(folder: Path) -> dict[str, Ed25519PublicKey]:
    """The public keys `<name>.pub.pem` of a folder, by their names. Raises `UsageError` where there are none, or one is none.

    Without a key signatures would not be asked for: a folder that was misspelt must not leave the gates to anybody.
    """
    keys = {}
    for path in sorted(folder.glob("*.pub.pem")):
        try:
            key = load_pem_public_key(path.read_bytes())
        except (OSError, ValueError) as error:
            raise _no_key(path, type(error).__name__) from None
        if not isinstance(key, Ed25519PublicKey):
            raise _no_key(path, type(key).__name__)
        keys[path.name.removesuffix(".pub.pem")] = key
    if not keys:
        found = "no such file" if folder.is_dir() else "no such folder"
        remedy = "Name the folder of the public keys, or leave it out where nothing is signed."
        finding = Finding("no public key is there", Place(file=str(folder)), found, "NAME.pub.pem", remedy)
        raise UsageError("no key to look at signatures with", (finding,))
    return keys


def require_signature(envelope: Envelope, keys: Mapping[str, Ed25519PublicKey]) -> None:
    """Raises `InputError` where the signature does not hold."""
    wrong = wrong_signature(envelope, keys)
    if wrong is not None:
        raise InputError("a command is not what was signed", (wrong,))


def _no_key(path: Path, found: str) -> UsageError:
    # Never what stands in the file: it may be a key after all.
    remedy = "Make one with `openssl genpkey -algorithm ed25519`."
    finding = Finding("this is no Ed25519 key", Place(file=str(path)), found, "a PEM file", remedy)
    return UsageError("no key to sign with", (finding,))
