"""What no wire and no device has room for is refused at its very edge."""

import datetime as dt
from dataclasses import replace

import pytest

from controllers.orders import order
from waterbalance.controllers.fit import UnfitError, require_fit
from waterbalance.schedule.command import Fallback
from waterbalance.schedule.envelope import Envelope

ORDER = order("G1")
END = ORDER.command.valid_until
SECOND = dt.timedelta(seconds=1)


def fits(envelope: Envelope, at: dt.datetime, most_rows: int = 3) -> str:
    """What is said of it; nothing where it fits."""
    try:
        require_fit(envelope, "G1", at, most_rows=most_rows)
    except UnfitError as error:
        return str(error)
    return ""


def test_what_fits_just_so() -> None:
    assert fits(ORDER, END - SECOND) == ""
    assert fits(replace(ORDER, sequence=2**32 - 1), END - SECOND) == ""


@pytest.mark.parametrize(
    ("envelope", "at", "said"),
    [
        (ORDER, END, "the command has expired"),
        (replace(ORDER, sequence=0), ORDER.issued_at, "the sequence number does not fit; found 0"),
        (replace(ORDER, sequence=2**32), ORDER.issued_at, "the sequence number does not fit; found 4294967296"),
        (replace(ORDER, command=replace(ORDER.command, controller="G2")), ORDER.issued_at, "for another controller; found 'G2'"),
        (replace(ORDER, command=replace(ORDER.command, structure="../x")), ORDER.issued_at, "this is not a name"),
        (
            replace(ORDER, command=replace(ORDER.command, fallback=Fallback("close", None, 0.0))),
            END - SECOND,
            "no time; found 0.0",
        ),
    ],
)
def test_what_does_not_fit(envelope: Envelope, at: dt.datetime, said: str) -> None:
    assert said in fits(envelope, at)


def test_one_row_too_many() -> None:
    assert "the device holds fewer rows; found 3; allowed: at most 2" in fits(ORDER, END - SECOND, most_rows=2)
