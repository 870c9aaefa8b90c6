"""Who somebody is: names are compared without regard to capitals, to spaces around them, and to the width of letters.

Names are not proved here; whoever runs a command may give any. What has to be proved belongs into the accounts of the machine and
of the database (`--by` is the login name when it is left out).
"""

from __future__ import annotations

import unicodedata

from waterbalance.errors import Finding, UsageError

LONGEST = 200
"""Characters of a name that a store keeps."""


def person(name: str) -> str:
    """The name as it is kept. Raises `UsageError` where there is none, or too much of one."""
    kept = " ".join(name.split())
    if not kept or not kept.isprintable() or len(kept) > LONGEST:
        remedy = "Give --by NAME, or leave it out."
        finding = Finding("this is no name", found=repr(name[:60]), allowed=f"1 to {LONGEST} letters", remedy=remedy)
        raise UsageError("who?", (finding,))
    return kept


def same(one: str, other: str) -> bool:
    """Whether two names are one person's."""
    return identity(one) == identity(other)


def identity(name: str) -> str:
    """By which a person is counted: compatible forms of a letter (NFKC of Unicode) and capitals are one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", person(name)).casefold())
