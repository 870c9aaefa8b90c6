"""Money is told in the scenario's own currency, and in no other."""

from pathlib import Path

import pytest

from scenario.folders import changed, findings_about
from waterbalance import units
from waterbalance.errors import UnitError
from waterbalance.scenario import read_scenario

PLANT = "  plant: {type: desalination_plant, capacity: 60 m3/day, start_up_cost: 10 WORD, SOURCES}\n"
SOURCES = "sources: {capacity: assumed, start_up_cost: assumed}"


@pytest.mark.parametrize(
    ("currency", "unit"),
    [
        ("AUD", "AUD/ha"),
        ("AUD", "currency/ha"),
        ("A$", "A$/ha"),
        ("kr", "kr/ha"),
        ("NTD", "TWD/ha"),
        ("TWD", "NT$/ha"),
        ("NT$", "NTD/ha"),
        ("NTD", "元/公頃"),
        ("EUR", "EUR/ha"),
        ("currency", "USD/ha"),
    ],
)
def test_the_own_word_is_read(currency: str, unit: str) -> None:
    """A hectare has ten thousand square metres."""
    assert units.parse(f"3000 {unit}", units.MONEY_PER_AREA, currency) == pytest.approx(0.3)


@pytest.mark.parametrize(("currency", "unit"), [("AUD", "NTD/ha"), ("NTD", "USD/ha"), ("USD", "NT$/ha"), ("EUR", "kUSD/ha")])
def test_another_currency_is_refused(currency: str, unit: str) -> None:
    with pytest.raises(UnitError, match=rf"and the currency of the scenario is {currency}; convert the amount and write"):
        units.parse(f"3000 {unit}", units.MONEY_PER_AREA, currency)


def test_an_unknown_word_is_answered_with_the_own_one() -> None:
    with pytest.raises(UnitError, match=r"'CAD/ha' is not a known unit; .* write for example '88000 AUD/ha'"):
        units.parse("3000 CAD/ha", units.MONEY_PER_AREA, "AUD")


def test_a_currency_changes_no_other_unit() -> None:
    assert units.parse("2 m", units.LENGTH, "m") == 2.0


def with_plant(folder: Path, currency: str, word: str) -> Path:
    changed(folder, "currency: NTD", f"currency: {currency}")
    plant = PLANT.replace("WORD", word).replace("SOURCES", SOURCES)
    return changed(folder, "\ncomponents:\n", f"\ncomponents:\n{plant}")


def test_a_scenario_reads_its_own_currency(tutorial: Path) -> None:
    with_plant(tutorial, "AUD", "AUD")
    pipe = "pipe: {type: pipeline, source: plant, target: town, capacity: 1 m3/s, sources: {capacity: assumed}}"
    changed(tutorial, "\nstate:", f"\n  {pipe}\nstate:")
    assert read_scenario(tutorial).network["plant"].start_up_cost == 10.0  # type: ignore[attr-defined]


def test_a_scenario_refuses_another_currency_at_its_place(tutorial: Path) -> None:
    with_plant(tutorial, "AUD", "NTD")
    told = [each for each in findings_about(tutorial) if "start_up_cost" in each.what]
    assert [each.found for each in told] == ["'10 NTD'"]
    assert "write 'AUD'" in f"{told[0].allowed} {told[0].remedy}"


def test_a_table_reads_the_own_currency(tutorial: Path) -> None:
    """And refuses a column of another's."""
    with_plant(tutorial, "AUD", "AUD")
    rows = "".join(f"{month},1\n" for month in range(1, 13))
    (tutorial / "tables/prices.csv").write_text(f"month,plant.energy_price [NTD/kWh]\n{rows}")
    changed(tutorial, "\ntables:", "\ntables:\n  - {file: tables/prices.csv, source: assumed}")
    told = [each for each in findings_about(tutorial) if each.where.file is not None and each.where.file.endswith("prices.csv")]
    assert len(told) == 1
    assert "is in NTD, and the currency of the scenario is AUD" in str(told[0].remedy)
    changed(tutorial, "[NTD/kWh]", "[AUD/kWh]", "tables/prices.csv")
    assert not [each for each in findings_about(tutorial) if "unit" in each.what]
