"""The atmosphere where no profile is given: monthly zonal means with spread, up to 150 km.

What it computes: a profile for a latitude and time of year from a shipped table (12 months, every
10 degrees of latitude, every 2 km), linear in time and latitude, around the year. Source: winds
HWM93 (Hedin et al. 1996, J. Atmos. Terr. Phys. 58, 1421; its lower part rests on CIRA-86),
temperature, density and pressure NRLMSISE-00 (Picone et al. 2002, JGR 107, 1468);
``builders/build_atmosphere.py`` makes the table. Assumptions: no longitude, no year, a middling
sun (F10.7 150). The spread of the wind joins tides and stationary waves of HWM93 to the weather: a
chosen part by height, and 0.4 of the westerly, since the winter vortex wanders. Accuracy: against
MSIS 2 (33.5 N, August) 4 K rms up to 60 km, 14 K at 100 km; against four real wind profiles as
``docs/methods/atmosphere.md`` says. Cost: 4 ms at the first call (reading the table), then 0.1 ms.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.records import NS_PER_S, AtmosphereProfile, AtmosphereSource

FloatArray = NDArray[np.float64]

WEATHER_SIGMA = ((0.0, 5.0), (10.0, 12.0), (20.0, 6.0), (30.0, 7.0), (50.0, 10.0), (70.0, 15.0),
                 (90.0, 25.0), (110.0, 35.0), (150.0, 40.0))  # fmt: skip
"""Height, km, and day-to-day spread of each wind component, m/s: chosen."""
VORTEX_SHARE = 0.4
"""Share of a westerly above 20 km that counts as spread of the zonal wind: chosen so that 60 m/s at
50 km in winter wander by 26 m/s; half of it for the meridional wind."""
_VORTEX_FROM_KM = 20.0


class _Table(NamedTuple):
    height_km: FloatArray
    latitude_deg: FloatArray
    mid_month_day: FloatArray
    columns: FloatArray
    """(12 months, latitudes, 7 columns, heights): zonal, meridional, their spreads, temperature,
    log density, log pressure."""
    source: str


def climatology(
    *, latitude: float, month: float | None = None, time_ns: int | None = None
) -> AtmosphereProfile:
    """Return the mean atmosphere of a latitude and time of year.

    Parameters
    ----------
    latitude : float
        Geographic, -90 to 90 deg.
    month : float, optional
        Month with its fraction, from 1.0 (1 January) to 13.0: mid-January is 1.5.
    time_ns : int, optional
        Time instead of the month, ns since 1970 UTC. One of both is needed.

    Returns
    -------
    AtmosphereProfile
        Every 2 km to 150 km, ``source`` climatology, with the spread of the wind as its error.

    Raises
    ------
    ParameterError
        The latitude or month is out of range, or not exactly one time is given.

    Examples
    --------
    >>> profile = climatology(latitude=45.0, month=7.5)
    >>> bool(profile.zonal_m_s[25] < -30.0), profile.source.value
    (True, 'climatology')
    """
    if not -90.0 <= latitude <= 90.0:
        raise ParameterError(name="latitude", value=latitude, expected="from -90 to 90")
    table = _table()
    row = _at(table, latitude, _day_of_year(month, time_ns))
    zonal, meridional, zonal_waves, meridional_waves, temperature, density, pressure = row
    weather = np.interp(table.height_km, *np.array(WEATHER_SIGMA).T)
    vortex = np.where(table.height_km > _VORTEX_FROM_KM, VORTEX_SHARE * np.maximum(zonal, 0.0), 0.0)
    return AtmosphereProfile(
        height_km=table.height_km,
        temperature_k=temperature,
        zonal_m_s=zonal,
        meridional_m_s=meridional,
        density_kg_m3=np.exp(density),
        pressure_pa=np.exp(pressure),
        latitude=latitude,
        time_ns=time_ns,
        source=AtmosphereSource.CLIMATOLOGY,
        model=table.source,
        zonal_sigma_m_s=np.sqrt(weather**2 + zonal_waves**2 + vortex**2),
        meridional_sigma_m_s=np.sqrt(weather**2 + meridional_waves**2 + (0.5 * vortex) ** 2),
    )


@cache
def _table() -> _Table:
    path = resources.files("vigie.earth.atmosphere") / "data" / "climatology.npz"
    with np.load(io.BytesIO(path.read_bytes())) as stored:
        wind, sigma = stored["wind_dm_s"] / 10.0, stored["wind_sigma_dm_s"] / 10.0
        air = [stored["temperature_dk"] / 10.0, stored["log_density"], stored["log_pressure"]]
        return _Table(
            stored["height_km"],
            stored["latitude_deg"],
            stored["mid_month_day"].astype(np.float64),
            np.stack([*wind, *sigma, *air], axis=2).astype(np.float64),
            str(stored["source"]),
        )


def _day_of_year(month: float | None, time_ns: int | None) -> float:
    if time_ns is not None and month is None:
        when = datetime.fromtimestamp(time_ns // NS_PER_S, tz=UTC)
        return (when - datetime(when.year, 1, 1, tzinfo=UTC)).total_seconds() / 86400.0 + 1.0
    if month is None or time_ns is not None:
        raise ParameterError(
            name="month, time_ns", value=f"{month}, {time_ns}", expected="exactly one of both"
        )
    if not 1.0 <= month <= 13.0:
        raise ParameterError(name="month", value=month, expected="from 1.0 to 13.0")
    return (month - 1.0) / 12.0 * 365.0 + 1.0


def _at(table: _Table, latitude: float, day: float) -> FloatArray:
    """Return the columns, linear in latitude and around the year, shape (7, heights)."""
    days = np.concatenate(
        ([table.mid_month_day[-1] - 365.0], table.mid_month_day, [table.mid_month_day[0] + 365.0])
    )
    upper = int(np.clip(np.searchsorted(days, day), 1, len(days) - 1))
    share = (day - days[upper - 1]) / (days[upper] - days[upper - 1])
    months = table.columns
    in_time = (1.0 - share) * months[(upper - 2) % 12] + share * months[(upper - 1) % 12]
    place = np.interp(latitude, table.latitude_deg, np.arange(len(table.latitude_deg)))
    low = min(int(place), len(table.latitude_deg) - 2)
    return np.asarray((1.0 - (place - low)) * in_time[low] + (place - low) * in_time[low + 1])
