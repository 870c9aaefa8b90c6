"""What structures are told to do: orders with times and setpoints, ready to be sent or printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from waterbalance.schedule.account import Account, HeldTurn, StandingWater
from waterbalance.schedule.told import bound, moment, number, word

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

SCHEMA = "waterbalance.schedule/1"

Role = Literal["turnout", "canal_head", "pump"]
"""Where the structure stands: at the fields, or above them, where a canal begins."""


@dataclass(frozen=True)
class Setting:
    """One setpoint and when it holds."""

    start: dt.datetime
    """Local time with its offset."""

    end: dt.datetime
    setpoint: float
    """Flow at the head of the structure. [m3/s]"""

    volume: float
    """What flows in while the setting holds. [m3]"""

    capacity: float | None = None
    """Most that may flow while the setting holds; None where it is unlimited. [m3/s]"""


@dataclass(frozen=True)
class Order:
    """What one gate, pipe or pump is told."""

    structure: str
    zone: str
    """The irrigation zone that it serves; for a gate above it where it leads."""

    settings: tuple[Setting, ...]
    mode: Literal["flow"] = "flow"
    unit: Literal["m3/s"] = "m3/s"
    fallback: Literal["hold_last"] = "hold_last"
    """What the structure does by itself when its orders run out: it keeps the last setpoint."""

    role: Role = "turnout"

    @property
    def valid_from(self) -> dt.datetime:
        """When the first setting begins."""
        return self.settings[0].start

    @property
    def valid_until(self) -> dt.datetime:
        """When the last setting ends."""
        return self.settings[-1].end

    @property
    def capacity(self) -> float | None:
        """Greatest capacity over the settings; None where one of them is unlimited. [m3/s]."""
        known = [setting.capacity for setting in self.settings if setting.capacity is not None]
        return max(known) if len(known) == len(self.settings) else None

    @property
    def volume(self) -> float:
        """Sum over all settings. [m3]."""
        return sum(setting.volume for setting in self.settings)


@dataclass(frozen=True)
class Schedule:
    """All orders of a plan's daily steps."""

    time_zone: str
    policy: str
    orders: tuple[Order, ...]
    accounts: tuple[Account, ...] = ()
    """What each turnout lacks as its orders begin, and shall bring; empty where no water comes in turns."""

    held: tuple[HeldTurn, ...] = ()
    """Turns of running cycles that groups of a free order have had, or have as the orders begin."""

    standing: tuple[StandingWater, ...] = ()
    """Water in canals as the orders begin; as `followed` begins where something was followed before them. Others are dry."""

    followed: tuple[Order, ...] = ()
    """What gates that serve turns were told until the orders of a plan amid the day begin."""

    def to_dict(self) -> dict[str, object]:
        """Ready for JSON: one entry an order, with its rows."""
        told: dict[str, object] = {
            "schema": SCHEMA,
            "time_zone": self.time_zone,
            "policy": self.policy,
            "orders": [_order_to_dict(order) for order in self.orders],
        }
        if self.accounts:
            told["turns"] = {
                "accounts": [account.to_dict() for account in self.accounts],
                "held": [turn.to_dict() for turn in self.held],
                "standing": [water.to_dict() for water in self.standing],
            }
        if self.followed:
            told["followed"] = [_order_to_dict(order) for order in self.followed]
        return told

    @staticmethod
    def from_dict(told: Mapping[str, Any]) -> Schedule:
        """What `to_dict` has written; volumes are rounded. Raises `KeyError`, `TypeError` or `ValueError` for anything else."""
        if told["schema"] != SCHEMA:
            raise ValueError(f"{told['schema']!r} is not {SCHEMA}")
        turns = told.get("turns", {"accounts": (), "held": ()})
        return Schedule(
            str(told["time_zone"]),
            str(told["policy"]),
            tuple(_order(each) for each in told["orders"]),
            tuple(Account.from_dict(each) for each in turns["accounts"]),
            tuple(HeldTurn.from_dict(each) for each in turns["held"]),
            tuple(StandingWater.from_dict(each) for each in turns.get("standing", ())),
            tuple(_order(each) for each in told.get("followed", ())),
        )


def _order(told: Mapping[str, Any]) -> Order:
    settings = tuple(
        Setting(
            moment(row["start"]),
            moment(row["end"]),
            number(row["setpoint"], 0.0),
            number(row["volume_m3"], 0.0),
            bound(row["max"]),
        )
        for row in told["rows"]
    )
    return Order(told["structure"], told["zone"], settings, role=word(told["role"], Role))


def _order_to_dict(order: Order) -> dict[str, object]:
    return {
        "structure": order.structure,
        "zone": order.zone,
        "role": order.role,
        "mode": order.mode,
        "unit": order.unit,
        "valid_from": order.valid_from.isoformat(),
        "valid_until": order.valid_until.isoformat(),
        "volume_m3": round(order.volume, 1),
        "rows": [
            {
                "start": setting.start.isoformat(),
                "end": setting.end.isoformat(),
                "setpoint": setting.setpoint,
                "volume_m3": round(setting.volume, 1),
                "max": setting.capacity,
            }
            for setting in order.settings
        ],
        "limits": {"min": 0.0, "max": order.capacity},
        "fallback": {"mode": order.fallback},
    }
