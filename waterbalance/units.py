"""One internal unit system; conversion happens here, at the edges, and nowhere else.

Inside the engine: volumes in m3, flows in m3/day, areas in m2, depths, levels and lengths in m, time in days,
energy in kWh, power in kW, money in the scenario's currency, turbidity in NTU, temperatures in degC, fractions as plain numbers.
Over one step a flow becomes a volume: m3 per step.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING, Final

from waterbalance.errors import UnitError

if TYPE_CHECKING:
    import pint

VOLUME: Final = "m3"
FLOW: Final = "m3/day"
AREA: Final = "m2"
LENGTH: Final = "m"
DEPTH_RATE: Final = "m/day"
TIME: Final = "day"
RATE: Final = "1/day"
PER_LENGTH: Final = "1/m"
POWER: Final = "kW"
ENERGY: Final = "kWh"
ENERGY_RATE: Final = "kWh/day"
ENERGY_PER_VOLUME: Final = "kWh/m3"
MONEY: Final = "currency"
MONEY_PER_VOLUME: Final = "currency/m3"
MONEY_PER_ENERGY: Final = "currency/kWh"
IRRADIATION: Final = "kWh/m2/day"
MONEY_PER_AREA: Final = "currency/m2"
TURBIDITY: Final = "NTU"
TEMPERATURE: Final = "degC"
FRACTION: Final = "1"

SECONDS_PER_DAY: Final = 86_400.0

# Water-resources units that pint does not know; a 噸 of water is one cubic metre. A prefix before m3 or m2 belongs to the
# metre (1 hm3 = (100 m)3), which pint would not know of a unit named m3: each such unit is named here. Only Mm3 is a
# million cubic metres, however its 3 is written: nobody measures water in cubes of a thousand kilometres.
_DEFINITIONS: Final = (
    "cubic_metre = meter ** 3 = m3",
    "cubic_kilometre = 1e9 * meter ** 3 = km3",
    "cubic_hectometre = 1e6 * meter ** 3 = hm3",
    "cubic_decametre = 1e3 * meter ** 3 = dam3",
    "cubic_decimetre = 1e-3 * meter ** 3 = dm3",
    "cubic_centimetre = 1e-6 * meter ** 3 = cm3",
    "cubic_millimetre = 1e-9 * meter ** 3 = mm3",
    "square_metre = meter ** 2 = m2",
    "square_kilometre = 1e6 * meter ** 2 = km2",
    "square_hectometre = 1e4 * meter ** 2 = hm2",
    "square_decametre = 1e2 * meter ** 2 = dam2",
    "square_decimetre = 1e-2 * meter ** 2 = dm2",
    "square_centimetre = 1e-4 * meter ** 2 = cm2",
    "square_millimetre = 1e-6 * meter ** 2 = mm2",
    "cubic_metre_per_second = meter ** 3 / second = cms = CMS",
    "cubic_foot = foot ** 3 = ft3",
    "cubic_foot_per_second = foot ** 3 / second = cfs",
    "million_gallons_per_day = 1e6 * gallon / day = MGD = mgd",
    "million_cubic_metres = 1e6 * meter ** 3 = MCM = 百萬噸 = 百萬立方公尺",
    "cubic_metre_per_day = meter ** 3 / day = CMD = cmd",
    "wan_ton = 1e4 * meter ** 3 = 萬噸 = 萬立方公尺 = 萬m3",
    "water_ton = meter ** 3 = 噸 = 立方公尺",
    "ri = day = 日 = 天",
    "miao = second = 秒",
    "gong_qing = hectare = 公頃",
    "currency = [currency] = NTD = TWD = 元 = USD = EUR",
    "nephelometric_turbidity_unit = [turbidity] = NTU",
)

# What most files are written in, as the unit library tells it: a command that meets no other unit goes without it (it takes a
# quarter of a second to load).
_USUAL: Final = {
    VOLUME: {"m3": 1.0, "Mm3": 1e6, "萬噸": 1e4, "噸": 1.0},
    FLOW: {"m3/day": 1.0, "m3/s": SECONDS_PER_DAY, "CMD": 1.0, "萬噸/日": 1e4},
    AREA: {"m2": 1.0, "ha": 1e4, "km2": 1e6},
    LENGTH: {"m": 1.0, "mm": 1e-3},
    DEPTH_RATE: {"m/day": 1.0, "mm/day": 1e-3},
    TIME: {"day": 1.0, "days": 1.0, "h": 1.0 / 24.0, "min": 1.0 / 1440.0},
    POWER: {"kW": 1.0, "MW": 1e3},
    ENERGY: {"kWh": 1.0},
    ENERGY_PER_VOLUME: {"kWh/m3": 1.0},
    MONEY_PER_VOLUME: {MONEY_PER_VOLUME: 1.0},
    FRACTION: {"%": 0.01},
}

_CURRENCIES: Final = (("NTD", "TWD"), ("USD",), ("EUR",))
"""Words of one currency, of those that the definitions know."""

_NUMBER: Final = re.compile(r"^\s*([+-]?(?:\d[\d,_ ]*)?\.?\d+(?:[eE][+-]?\d+)?)\s*(.*?)\s*$")

# A file may be hostile: powers of powers would keep the unit library busy for ever, so only a single digit is a power.
_LONGEST_UNIT: Final = 60
_POWER: Final = re.compile(r"\*\*|\^")
_PLAIN_POWER: Final = re.compile(r"(?<=[\w%])\s*(?:\*\*|\^)\s*-?[1-9](?!\s*(?:\*\*|\^)|[\w.])")
_MILLION: Final = re.compile(r"\bMm\s*(?:³|(?:\*\*|\^)\s*3\b)")
_RAISED: Final = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]{2,}")


@cache
def _registry() -> pint.UnitRegistry[float]:
    """The unit registry, made when first needed (pint takes a while to import)."""
    import pint as pint_library  # noqa: PLC0415 (heavy: only when a unit is first read)

    registry: pint.UnitRegistry[float] = pint_library.UnitRegistry(cache_folder=None)
    for definition in _DEFINITIONS:
        registry.define(definition)
    return registry


def split(text: str) -> tuple[float, str]:
    """Split `12.5 m3/s` into number and unit text; the unit may be empty.

    Raises `UnitError` where no finite number stands at the beginning.
    """
    match = _NUMBER.match(text)
    if match is None:
        raise UnitError(f"no number at the beginning of {text!r}; write a number and a unit, as in '12 m3/s'")
    number = float(re.sub(r"[,_ ]", "", match.group(1)))
    if not math.isfinite(number):
        raise UnitError(f"{text!r} is not a finite number")
    return number, match.group(2)


@cache
def factor(unit: str, internal: str, currency: str = MONEY) -> float:
    """What one `unit` is in the `internal` unit; money may be told in the word of one's own `currency`.

    Raises `UnitError` when the unit is unknown, of another kind, or in another currency.
    """
    if internal == TEMPERATURE:
        return _celsius(unit)
    usual = _USUAL.get(internal, {}).get(unit)
    return _measured(unit, internal, currency) if usual is None else usual


def _measured(unit: str, internal: str, currency: str = MONEY) -> float:
    """The same, asked of the unit library."""
    import pint as pint_library  # noqa: PLC0415 (heavy: only for a unit that is not usual)

    registry = _registry()
    unknown = UnitError(
        f"{unit!r} is not a known unit; for {describe(internal)} write for example {examples(internal, currency)}"
    )
    readable = (
        _MILLION.sub("Mm3", _neutral(unit, currency) if MONEY in internal else unit)
        .replace("NT$", "NTD")
        .replace("%", "percent")
        .replace("·", "*")
        .strip()
    )
    readable = f"1 {readable}" if readable.startswith("/") else readable
    if not _is_plain(readable):
        raise unknown
    try:
        one = registry.Quantity(1.0, readable)
        size = float(one.to(internal if internal != FRACTION else "dimensionless").magnitude)
    except pint_library.DimensionalityError:
        raise UnitError(f"{unit!r} is not a unit of {describe(internal)}") from None
    except Exception:  # noqa: BLE001 (pint raises many kinds for text that is no unit)
        raise unknown from None
    if not 0.0 < size < math.inf:
        raise unknown
    return size


def _neutral(unit: str, currency: str) -> str:
    """A unit of money with the word `currency` for one's own; 元 is anybody's.

    Raises `UnitError` where it is of another currency. Who has not told a currency may use all words that are known.
    """
    if currency == MONEY:
        return unit
    known = unit.replace("NT$", "NTD")
    own = currency.replace("NT$", "NTD").strip()
    for word in next((words for words in _CURRENCIES if own in words), (own,)):
        known = re.sub(rf"(?<![\w$])([kM]?){re.escape(word)}(?![\w$])", rf"\1{MONEY}", known)
    other = next((word for words in _CURRENCIES for word in words if word in known), None)
    if other is not None:
        raise UnitError(
            f"{unit!r} is in {other}, and the currency of the scenario is {currency}; "
            f"convert the amount and write {known.replace(other, currency)!r}, or mend the key 'currency'"
        )
    return known


def _celsius(unit: str) -> float:
    """One, for degrees Celsius: those of other scales have another zero, which no factor can tell."""
    if unit.strip() not in _CELSIUS:
        raise UnitError(f"{unit!r} is not a unit of {describe(TEMPERATURE)} that is read; write degC")
    return 1.0


def _is_plain(unit: str) -> bool:
    """Whether a unit is short, and its powers are single digits."""
    powers = len(_POWER.findall(unit)) == len(_PLAIN_POWER.findall(unit))
    return len(unit) <= _LONGEST_UNIT and powers and _RAISED.search(unit) is None


def parse(text: str, internal: str, currency: str = MONEY) -> float:
    """Read a quantity such as `45000 m3/day` into the internal unit; `currency` is one's own word for money.

    Raises `UnitError` for a missing, unknown or wrong unit. A fraction may be written `0.25` or `25 %`.

    >>> parse("12 m3/s", FLOW)
    1036800.0
    >>> parse("4.5 萬噸/日", FLOW)
    45000.0
    """
    number, unit = split(text)
    if not unit:
        if internal == FRACTION:
            return number
        raise UnitError(f"{text!r} has no unit; for {describe(internal)} write for example {examples(internal, currency)}")
    # Division by the inverse where that is exact keeps 12 m3/s at 1036800 and not 1036800.0000000001.
    conversion = factor(unit, internal, currency)
    value = number * round(conversion) if math.isclose(conversion, round(conversion), rel_tol=1e-12) else number * conversion
    if not math.isfinite(value):
        raise UnitError(f"{text!r} is too large")
    return float(f"{value:.15g}")


def integrates_over_step(internal: str) -> bool:
    """Whether a quantity of this unit becomes `per step` by multiplying with the step's length."""
    return internal in {FLOW, RATE, DEPTH_RATE, ENERGY_RATE}


_CELSIUS: Final = {"degC", "°C", "℃", "deg C", "degree_Celsius"}

_DESCRIPTIONS: Final = {
    VOLUME: ("a volume", "'45 Mm3' or '120 萬噸'"),
    FLOW: ("a flow", "'12 m3/s', '45000 CMD' or '4.5 萬噸/日'"),
    AREA: ("an area", "'6500 ha' or '18.3 km2'"),
    LENGTH: ("a length, depth or level", "'230 m' or '180 mm'"),
    DEPTH_RATE: ("a depth per time", "'4 mm/day'"),
    TIME: ("a time", "'36 h' or '2 days'"),
    RATE: ("a rate", "'0.001 / day'"),
    PER_LENGTH: ("a share per length", "'0.4 %/km'"),
    POWER: ("a power", "'250 kW'"),
    ENERGY: ("an energy", "'40 kWh'"),
    ENERGY_RATE: ("an energy per time", "'120 kWh/day'"),
    ENERGY_PER_VOLUME: ("an energy per volume", "'0.4 kWh/m3'"),
    MONEY: ("an amount of money", "'88000 NTD'"),
    MONEY_PER_VOLUME: ("a price of water", "'12 NTD/m3'"),
    MONEY_PER_ENERGY: ("a price of energy", "'3.5 NTD/kWh'"),
    IRRADIATION: ("an irradiation", "'5.1 kWh/m2/day' or '18.4 MJ/m2/day'"),
    MONEY_PER_AREA: ("an amount of money per area", "'88000 NTD/ha'"),
    TURBIDITY: ("a turbidity", "'15000 NTU'"),
    TEMPERATURE: ("a temperature", "'24.5 degC'"),
    FRACTION: ("a fraction", "'0.25' or '25 %'"),
}


def describe(internal: str) -> str:
    """What kind of quantity an internal unit measures, in words."""
    return _DESCRIPTIONS.get(internal, (f"a quantity in {internal}", ""))[0]


def examples(internal: str, currency: str = MONEY) -> str:
    """How a quantity of this kind may be written in a file, with its own word for money."""
    example = _DESCRIPTIONS.get(internal, ("", f"'1 {internal}'"))[1]
    return example if currency == MONEY else example.replace("NTD", currency)
