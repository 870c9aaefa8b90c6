"""A lake without a fault: storage, inflow and outflow that close to the cubic metre, and settings that judge them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from pydantic import TypeAdapter

from waterbalance.forecast.readings import Key, Reading
from waterbalance.network.component import component_types
from waterbalance.network.network import Network
from waterbalance.sources.quality.check import checked
from waterbalance.sources.quality.settings import QualitySettings, SeriesQuality

FIRST = dt.date(2022, 1, 1)
DAY = dt.timedelta(days=1)
STORAGE, INFLOW, OUTFLOW = ("lake", "storage"), ("lake", "inflow"), ("lake", "outflow")

LAKE = Network.of([component_types()["reservoir"](name="lake", capacity=72e6)])

SETTINGS: Mapping[str, SeriesQuality] = TypeAdapter(QualitySettings).validate_python(
    {
        "default": {"stuck": {"days": 3}},
        "lake.storage": {
            "hard": {"lowest": "20 Mm3", "highest": "90 Mm3"},
            "soft": {"lowest": "30 Mm3", "months": {7: {"lowest": "10 Mm3"}}},
            "change": {"rise": "1.5 Mm3", "fall": "1.5 Mm3"},
            "spike": {"least": "1 Mm3"},
            "oscillation": {"amplitude": "0.5 Mm3"},
            "shift": {"jump": "1.6 Mm3"},
            "balance": {"gains": ["lake.inflow"], "losses": ["lake.outflow"], "tolerance": "1000 m3", "share": 0.01},
        },
        "lake.inflow": {"hard": {"highest": "300 m3/s"}},
    }
)


def lake_readings(days: int, seed: int = 0) -> tuple[Reading, ...]:
    """Readings of three series on as many days, each known at four in the morning of the day after."""
    draw = np.random.default_rng(seed)
    season = np.sin(2 * np.pi * (np.arange(days + 1) / 365 + draw.uniform()))
    storage = 1e6 * (50 + 10 * season) + draw.uniform(-1e5, 1e5, days + 1)
    outflow = draw.uniform(1.8e6, 2.2e6, days)
    inflow = np.diff(storage) + outflow
    named = ((STORAGE, "m3", storage), (INFLOW, "m3/day", inflow), (OUTFLOW, "m3/day", outflow))
    return tuple(reading(key, unit, FIRST + n * DAY, float(values[n])) for key, unit, values in named for n in range(days))


def reading(key: Key, unit: str, date: dt.date, value: float) -> Reading:
    """One reading, known at four in the morning of the day after."""
    known_at = dt.datetime.combine(date + DAY, dt.time(4), dt.UTC)
    return Reading(*key, date, value, unit, "agency", known_at)


def at(readings: tuple[Reading, ...], key: Key, day: int) -> Reading:
    """The reading of a day of the lake."""
    return next(each for each in readings if each.key == key and each.date == FIRST + day * DAY)


def changed(readings: tuple[Reading, ...], key: Key, values: Mapping[int, float]) -> tuple[Reading, ...]:
    """The readings with other values on some days of one series."""
    told = {FIRST + day * DAY: value for day, value in values.items()}
    return tuple(replace(each, value=told[each.date]) if each.key == key and each.date in told else each for each in readings)


def judged(
    readings: tuple[Reading, ...], tonight_from: int, settings: Mapping[str, SeriesQuality] = SETTINGS
) -> tuple[Reading, ...]:
    """Readings from a day on, judged beside those before it."""
    night = FIRST + tonight_from * DAY
    tonight = [each for each in readings if each.date >= night]
    return checked(tonight, settings, LAKE, past=[each for each in readings if each.date < night])


def rules_of(reading: Reading) -> set[str]:
    """Words of the rules that spoke of a reading."""
    return {line.partition(": ")[0] for line in reading.why}
