"""The ladder of radiation sources: as measured at Kaohsiung, labelled day by day, fitted on known coefficients."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from waterbalance.errors import InputError
from waterbalance.hydrology import evapotranspiration as et
from waterbalance.hydrology import humidity, radiation
from waterbalance.hydrology.solar_sources import LADDER, SolarSite, SolarSource, fit_angstrom, site_radiation

if TYPE_CHECKING:
    from pathlib import Path

SITE = SolarSite(22.566, 120.316, 2.3)


@pytest.fixture(scope="module")
def kaohsiung() -> pd.DataFrame:
    """A year with sunshine made by a known a and b."""
    days = pd.date_range("2021-01-01", "2021-12-31")
    daylight = radiation.daylight_hours(SITE.latitude, days.day_of_year.to_numpy())
    beyond = radiation.extraterrestrial_radiation(SITE.latitude, days.day_of_year.to_numpy())
    sunshine = daylight * np.random.default_rng(1).uniform(0.0, 1.0, len(days))
    columns = {"radiation": (0.21 + 0.53 * sunshine / daylight) * beyond, "sunshine": sunshine, "beyond": beyond}
    return pd.DataFrame(columns | {"daylight": daylight, "maximum": 30.0, "minimum": 21.0}, index=days)


def test_the_fit_finds_what_made_the_record(kaohsiung: pd.DataFrame) -> None:
    known = kaohsiung.copy()
    known.iloc[5:50, 0] = np.nan
    found = fit_angstrom(known["radiation"], known["sunshine"], known["daylight"], known["beyond"])
    assert (found.a, found.b, found.days) == (pytest.approx(0.21), pytest.approx(0.53), 320)


@pytest.mark.parametrize(
    ("days", "factor", "message"),
    [(89, 1.0, "too few days"), (365, 0.01, None), (365, 10.0, "make no sense"), (365, -1.0, "make no sense")],
)
def test_a_fit_that_makes_no_sense_is_refused(kaohsiung: pd.DataFrame, days: int, factor: float, message: str | None) -> None:
    part = kaohsiung.iloc[:days]
    given = (factor * part["radiation"], part["sunshine"], part["daylight"], part["beyond"])
    if message is None:
        assert fit_angstrom(*given).a == pytest.approx(0.0021)
        return
    with pytest.raises(InputError, match=message):
        fit_angstrom(*given)


def test_sunshine_that_never_changes_fits_nothing(kaohsiung: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="make no sense"):
        fit_angstrom(kaohsiung["radiation"], 0.5 * kaohsiung["daylight"], kaohsiung["daylight"], kaohsiung["beyond"])


def test_each_day_has_the_best_source_and_says_which(kaohsiung: pd.DataFrame) -> None:
    """Measured, then sunshine, then the month; the temperature range only where it is named."""
    week = kaohsiung.iloc[:7].copy()
    week.iloc[2:, 0] = np.nan
    week.iloc[4:, 1] = np.nan
    week.iloc[6, 4] = np.nan
    plain = site_radiation(week, SITE)
    assert plain.sources.tolist() == ["measured"] * 2 + ["angstrom_default"] * 2 + [""] * 3
    assert np.isnan(plain.values).tolist() == [False] * 4 + [True] * 3
    assert plain.label == "measured 2 days, angstrom_default 2 days, unknown 3 days"
    fit = fit_angstrom(kaohsiung["radiation"], kaohsiung["sunshine"], kaohsiung["daylight"], kaohsiung["beyond"])
    known = replace(SITE, angstrom=fit)
    fitted = site_radiation(week, known)
    assert fitted.sources.tolist()[2:4] == ["angstrom_fitted"] * 2
    assert fitted.values[2:4] == pytest.approx(kaohsiung["radiation"].iloc[2:4].to_numpy())
    monthly = site_radiation(week, replace(SITE, monthly=tuple(range(10, 22))))
    assert monthly.sources.tolist()[4:] == ["climatology"] * 3
    assert monthly.values[4:].tolist() == [10.0] * 3
    asked = site_radiation(week, SITE, (*LADDER, "temperature_range"))
    assert asked.label == "measured 2 days, angstrom_default 2 days, temperature_range 2 days, unknown 1 days"
    assert asked.values[4] == pytest.approx(0.16 * 3.0 * week["beyond"].iloc[4])


def test_an_unknown_source_is_refused(kaohsiung: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="an unknown source; found moonlight"):
        site_radiation(kaohsiung, SITE, ("moonlight",))  # type: ignore[arg-type]


def test_measured_ladder_of_kaohsiung(shared: Path) -> None:
    """ET0 against that with measured radiation: published 0.285, 0.264, 0.419, 0.663 and, by temperature, 0.874 mm/day.

    Those were computed with pyet on 634 days; here all 636 days with the mean dew point of the hours. The coefficients are
    fitted on the same days, as there.
    """
    weather = shared / "kaohsiung" / "weather"
    days = pd.read_csv(weather / "cwa_467440_kaohsiung_daily_202006_202203_with_et0.csv", parse_dates=["date"], index_col="date")
    hours = pd.read_csv(weather / "cwa_467440_kaohsiung_hourly_202006_202203.csv", parse_dates=["time_end_local"])
    starts = pd.DatetimeIndex(hours["time_end_local"]).tz_localize(None) - pd.Timedelta(hours=1)
    days["dew_point"] = hours["dew_point_c"].set_axis(starts).resample("D").mean()
    names = {"rs_mj_m2": "radiation", "sunshine_h": "sunshine", "tmax_c": "maximum", "tmin_c": "minimum"}
    days = days.dropna().rename(columns=names)
    calendar = pd.DatetimeIndex(days.index)
    beyond = radiation.extraterrestrial_radiation(SITE.latitude, calendar.day_of_year)
    daylight = radiation.daylight_hours(SITE.latitude, calendar.day_of_year)
    fitted = fit_angstrom(days["radiation"], days["sunshine"], daylight, beyond)
    months = days["radiation"].groupby(calendar.month).mean()
    site = SolarSite(SITE.latitude, SITE.longitude, SITE.elevation, fitted, tuple(months), 0.19)

    def depth(source: SolarSource) -> np.ndarray:
        solar = site_radiation(days, site, (source,))
        assert solar.label == f"{source} {len(days)} days"
        return et.reference_evapotranspiration(
            maximum=days["maximum"], minimum=days["minimum"],
            vapour_pressure=humidity.saturation_vapour_pressure(days["dew_point"]),
            wind=et.wind_at_two_metres(days["wind_mean_ms"], 10.0), solar=solar.values,
            clear_sky=radiation.clear_sky_radiation(beyond, SITE.elevation), pressure=days["pres_kpa"],
        )  # fmt: skip

    truth = depth("measured")
    published: dict[SolarSource, float] = {
        "angstrom_fitted": 0.264, "angstrom_default": 0.285, "clear_sky": 0.419, "climatology": 0.663, "temperature_range": 0.874,
    }  # fmt: skip
    errors = {source: float(np.abs(depth(source) - truth).mean()) for source in published}
    assert (fitted.a, fitted.b) == (pytest.approx(0.234, abs=0.003), pytest.approx(0.550, abs=0.003))
    assert errors == pytest.approx(published, abs=0.01)
    assert sorted(errors, key=errors.__getitem__) == list(published)
