"""Who is called, in which order."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from waterbalance.controllers.contact_email import EmailContact
from waterbalance.controllers.contact_file import FileContact
from waterbalance.controllers.contact_webhook import WebhookContact

AnyContact = Annotated[FileContact | EmailContact | WebhookContact, Field(discriminator="kind")]


def _in_order(contacts: tuple[AnyContact, ...]) -> tuple[AnyContact, ...]:
    names = [each.name for each in contacts]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"contacts have names of their own; twice: {', '.join(twice)}")
    return tuple(sorted(contacts, key=lambda each: each.after))


Contacts = Annotated[tuple[AnyContact, ...], AfterValidator(_in_order)]
"""Those who are called first come first."""
