"""Units of the field are read, and hostile ones are refused at once."""

import pytest

from waterbalance import units
from waterbalance.errors import UnitError


@pytest.mark.parametrize(
    ("text", "internal", "value"),
    [
        ("12 m3/s", units.FLOW, 1_036_800.0),
        ("45000 CMD", units.FLOW, 45_000.0),
        ("2 cms", units.FLOW, 172_800.0),
        ("4.5 萬噸/日", units.FLOW, 45_000.0),
        ("250 L/day", units.FLOW, 0.25),
        ("1 m^3/s", units.FLOW, 86_400.0),
        ("1 m**3 s**-1", units.FLOW, 86_400.0),
        ("1 m³/s", units.FLOW, 86_400.0),
        ("45 Mm3", units.VOLUME, 45e6),
        ("45 Mm³", units.VOLUME, 45e6),
        ("45 Mm^3", units.VOLUME, 45e6),
        ("2 Mm**3/day", units.FLOW, 2e6),
        ("3 hm3", units.VOLUME, 3e6),
        ("3 hm³", units.VOLUME, 3e6),
        ("3 hm^3", units.VOLUME, 3e6),
        ("3 dam3", units.VOLUME, 3e3),
        ("3 dm3", units.VOLUME, 3e-3),
        ("3 cm3", units.VOLUME, 3e-6),
        ("3 mm3", units.VOLUME, 3e-9),
        ("2 km3", units.VOLUME, 2e9),
        ("2 hm2", units.AREA, 2e4),
        ("2 dam2", units.AREA, 2e2),
        ("2 cm2", units.AREA, 2e-4),
        ("1,234.5 m3", units.VOLUME, 1_234.5),
        ("120 萬噸", units.VOLUME, 1.2e6),
        ("6500 ha", units.AREA, 6.5e7),
        ("18.3 km2", units.AREA, 1.83e7),
        ("4 mm/day", units.DEPTH_RATE, 0.004),
        ("36 h", units.TIME, 1.5),
        ("0.001 / day", units.RATE, 0.001),
        ("25 %", units.FRACTION, 0.25),
        ("0.4 kWh/m3", units.ENERGY_PER_VOLUME, 0.4),
        ("12 NTD/m3", units.MONEY_PER_VOLUME, 12.0),
        ("15000 NTU", units.TURBIDITY, 15_000.0),
    ],
)
def test_quantities_of_the_field(text: str, internal: str, value: float) -> None:
    assert units.parse(text, internal) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "1 m3*9**9**9**9",
        "1 m3*99999999**99999999",
        "1 m3**(9**9**9)",
        "1 m3*((9**9)**9)**9",
        "1 m3*9^9^9^9",
        "1 m3*9⁹⁹⁹⁹⁹⁹⁹⁹⁹",
        "1 " + "(" * 5000,
        "1 " + "m3*" * 5000,
        "1 m3*1e400",
        "1 m3*0",
        "1e308 Mm3",
        "1e999 m3",
        "nan m3",
        "1 __import__('os')",
        "m3",
        "",
        "1 m2",
    ],
)
def test_what_is_no_volume_is_refused(text: str) -> None:
    with pytest.raises(UnitError):
        units.parse(text, units.VOLUME)


@pytest.mark.parametrize(("internal", "unit"), [(internal, unit) for internal, all_of in units._USUAL.items() for unit in all_of])
def test_usual_units_are_as_the_unit_library_has_them(internal: str, unit: str) -> None:
    assert units.factor(unit, internal) == pytest.approx(units._measured(unit, internal), rel=1e-15)
