"""Build the climatology of vigie.earth.atmosphere from HWM93 and NRLMSISE-00.

    pip download --no-deps --no-binary :all: hwm93==0.9.1 && tar xzf hwm93-0.9.1.tar.gz
    gfortran -shared -fPIC -O2 -std=legacy -w -o libhwm93.so hwm93-0.9.1/src/hwm93_sub.f
    pip install pymsis
    python -m builders.build_atmosphere libhwm93.so

Needs gfortran and pymsis at development time only; what is shipped is the table. Winds: HWM93
(Hedin et al. 1996, J. Atmos. Terr. Phys. 58, 1421-1447), whose lower part rests on CIRA-86
gradient winds and rocket soundings. Temperature, density and pressure: NRLMSISE-00 (Picone et al.
2002, JGR 107, 1468); MSIS 2 is not used, since its licence forbids commercial use. Solar flux 150
sfu, Ap 4. Means and spreads are over local time and longitude, so the spread holds tides and
stationary waves, not the weather. Some minutes on one core.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

TARGET = Path(__file__).parents[1] / "src/vigie/earth/atmosphere/data/climatology.npz"
LATITUDE_DEG = np.arange(-90.0, 91.0, 10.0)
HEIGHT_KM = np.arange(0.0, 151.0, 2.0)
MID_MONTH_DAY = (15, 46, 74, 105, 135, 166, 196, 227, 258, 288, 319, 349)
LOCAL_HOURS = np.arange(0.0, 24.0, 3.0)
LONGITUDE_DEG = np.arange(-180.0, 180.0, 60.0)
FLUX, AP = 150.0, 4.0
BOLTZMANN = 1.380649e-23


class Hwm93:
    """The Fortran subroutine GWS5, called through ctypes."""

    def __init__(self, library: str) -> None:
        self._call = ctypes.CDLL(str(Path(library).resolve())).gws5_

    def winds(
        self, day: int, height_km: float, place: tuple[float, float], hour: float
    ) -> FloatArray:
        """Return zonal and meridional wind, m/s, at a latitude and longitude."""
        latitude, longitude = place
        universal_s = (hour - longitude / 15.0) % 24.0 * 3600.0
        numbers = (universal_s, height_km, latitude, longitude, hour, FLUX, FLUX)
        out, ap = (ctypes.c_float * 2)(), (ctypes.c_float * 2)(AP, AP)
        arguments = [ctypes.byref(ctypes.c_float(number)) for number in numbers]
        self._call(ctypes.byref(ctypes.c_int(11000 + day)), *arguments, ap, out)
        return np.array([out[1], out[0]])


def wind_statistics(model: Hwm93, day: int) -> tuple[FloatArray, FloatArray]:
    """Return mean and spread of (zonal, meridional), each of shape (2, latitudes, heights)."""
    mean = np.empty((2, len(LATITUDE_DEG), len(HEIGHT_KM)))
    spread = np.empty_like(mean)
    for i, latitude in enumerate(LATITUDE_DEG):
        for j, height in enumerate(HEIGHT_KM):
            samples = np.array(
                [
                    model.winds(day, float(height), (float(latitude), float(longitude)), hour)
                    for longitude in LONGITUDE_DEG
                    for hour in LOCAL_HOURS
                ]
            )
            mean[:, i, j], spread[:, i, j] = samples.mean(axis=0), samples.std(axis=0)
    return mean, spread


def state(day: int) -> FloatArray:
    """Return temperature (K), log density (kg/m3), log pressure (Pa): (3, latitudes, heights)."""
    import pymsis

    hours = LOCAL_HOURS[::2]
    dates = np.datetime64("2011-01-01") + np.timedelta64(day - 1, "D")
    times = dates + (hours * 3600.0).astype("timedelta64[s]")
    n = len(times)
    out = pymsis.calculate(
        times, [0.0], LATITUDE_DEG, HEIGHT_KM, [FLUX] * n, [FLUX] * n, [[AP] * 7] * n, version=0
    )[:, 0]
    density, temperature = out[..., 0], out[..., 10]
    # N2, O2, O, He, H, Ar, N per m3; a species that the model leaves out is NaN.
    pressure = np.nansum(out[..., 1:8], axis=-1) * BOLTZMANN * temperature
    columns = (temperature, np.log(density), np.log(pressure))
    return np.stack([column.mean(axis=0) for column in columns])


def main(library: str) -> None:
    """Build and write the table."""
    model = Hwm93(library)
    means, spreads, states = [], [], []
    for day in MID_MONTH_DAY:
        mean, spread = wind_statistics(model, day)
        means.append(mean)
        spreads.append(spread)
        states.append(state(day))
        sys.stderr.write(f"day {day} done\n")
    wind, sigma, air = np.stack(means, 1), np.stack(spreads, 1), np.stack(states, 1)
    np.savez_compressed(
        TARGET,
        height_km=HEIGHT_KM,
        latitude_deg=LATITUDE_DEG,
        mid_month_day=np.array(MID_MONTH_DAY),
        wind_dm_s=np.rint(wind * 10.0).astype(np.int16),
        wind_sigma_dm_s=np.rint(sigma * 10.0).astype(np.int16),
        temperature_dk=np.rint(air[0] * 10.0).astype(np.int16),
        log_density=np.round(air[1], 4).astype(np.float32),
        log_pressure=np.round(air[2], 4).astype(np.float32),
        source=np.array(
            "winds HWM93 (Hedin et al. 1996); temperature, density, pressure NRLMSISE-00 "
            "(Picone et al. 2002); F10.7 150, Ap 4; means over local time and longitude"
        ),
    )
    sys.stderr.write(f"{TARGET}: {TARGET.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(sys.argv[1])
