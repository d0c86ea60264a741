"""Small made-up weather files, written with netCDF4 and ecCodes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from vigie.records import WeatherState

_Kind = Literal["NETCDF4", "NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA"]
LATITUDE = np.array([60.0, 40.0, 20.0, 0.0, -20.0])
"""North to south, as most files have it."""
LONGITUDE = np.arange(0.0, 360.0, 45.0)
LEVELS_HPA = np.array([200.0, 500.0, 850.0, 1000.0])
"""Top first."""


def field_of(state: WeatherState, name: str) -> NDArray[np.float32]:
    """Return a field that a state must have."""
    values = getattr(state, name)
    assert isinstance(values, np.ndarray), f"{name} is not known"
    return values


def air(n_times: int = 2, seed: int = 5) -> dict[str, np.ndarray[Any, np.dtype[np.float32]]]:
    """Return wind, temperature, humidity and geopotential: time, level, latitude, longitude."""
    rng = np.random.default_rng(seed)
    shape = (n_times, len(LEVELS_HPA), len(LATITUDE), len(LONGITUDE))
    z = 9.80665 * 7000.0 * np.log(1013.0 / LEVELS_HPA)[:, None, None] + np.zeros(shape)
    made = {
        "u": rng.normal(5.0, 10.0, shape),
        "v": rng.normal(0.0, 8.0, shape),
        "w": rng.normal(0.0, 0.2, shape),
        "t": rng.uniform(220.0, 300.0, shape),
        "q": rng.uniform(0.0, 0.01, shape),
        "z": z,
    }
    return {name: values.astype(np.float32) for name, values in made.items()}


UNITS = {"u": "m s**-1", "v": "m s**-1", "w": "Pa s**-1", "t": "K", "q": "kg kg**-1",
         "z": "m**2 s**-2"}  # fmt: skip
STANDARD = {"u": "eastward_wind", "v": "northward_wind", "t": "air_temperature",
            "w": "lagrangian_tendency_of_air_pressure", "q": "specific_humidity",
            "z": "geopotential"}  # fmt: skip


@dataclass
class NetcdfFile:
    """A file to be written: variables as dimensions, values and attributes."""

    variables: dict[str, tuple[tuple[str, ...], Any, dict[str, Any]]] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)

    def add(
        self, name: str, dimensions: Sequence[str], values: object, **attributes: object
    ) -> NetcdfFile:
        """Add a variable and return the file."""
        self.variables[name] = (tuple(dimensions), np.asarray(values), attributes)
        return self

    def data(self, kind: _Kind = "NETCDF4") -> bytes:
        """Return the bytes: ``NETCDF4``, ``NETCDF3_CLASSIC``, ``NETCDF3_64BIT_OFFSET`` ..."""
        import netCDF4

        file: Any = netCDF4.Dataset("example", "w", memory=1024, format=kind)
        for dimensions, values, _ in self.variables.values():
            for name, length in zip(dimensions, values.shape, strict=True):
                if name not in file.dimensions:
                    file.createDimension(name, length)
        file.setncatts(self.attributes)
        for name, (dimensions, values, attributes) in self.variables.items():
            fill = attributes.get("_FillValue")
            one = file.createVariable(name, values.dtype, dimensions, fill_value=fill)
            one.set_auto_maskandscale(False)
            one.setncatts({k: v for k, v in attributes.items() if k != "_FillValue"})
            one[...] = values
        return bytes(file.close())


def era5(n_times: int = 2) -> NetcdfFile:
    """Return pressure levels in the layout of the Climate Data Store since 2024."""
    hours = 1.7e9 // 3600 * 3600 + 3600.0 * np.arange(n_times)
    file = NetcdfFile(attributes={"Conventions": "CF-1.7", "institution": "ECMWF"})
    file.add("number", (), np.int64(0))
    file.add("valid_time", ("valid_time",), hours.astype(np.int64),
             units="seconds since 1970-01-01", calendar="proleptic_gregorian")  # fmt: skip
    file.add("pressure_level", ("pressure_level",), LEVELS_HPA[::-1], units="hPa")
    _positions(file)
    for name, values in air(n_times).items():
        file.add(name, ("valid_time", "pressure_level", "latitude", "longitude"),
                 values[:, ::-1], units=UNITS[name], standard_name=STANDARD[name])  # fmt: skip
    return file


def era5_surface(n_times: int = 2) -> NetcdfFile:
    """Return single levels in the same layout: fluxes summed over the hour, downward positive."""
    full = era5(n_times)
    names = ("number", "valid_time", "latitude", "longitude")
    file = NetcdfFile({name: full.variables[name] for name in names}, full.attributes)
    grid = ("valid_time", "latitude", "longitude")
    shape = (n_times, len(LATITUDE), len(LONGITUDE))
    rng = np.random.default_rng(3)
    parts = {
        "sp": (rng.uniform(9e4, 1.03e5, shape), "Pa", "surface_air_pressure"),
        "t2m": (rng.uniform(250.0, 300.0, shape), "K", "unknown"),
        "u10": (rng.normal(0.0, 5.0, shape), "m s**-1", "unknown"),
        "sshf": (rng.uniform(-7e5, 2e5, shape), "J m**-2", "surface_upward_sensible_heat_flux"),
        "ewss": (rng.normal(0.0, 400.0, shape), "N m**-2 s", "surface_downward_eastward_stress"),
        "lsp": (rng.uniform(0.0, 2e-3, shape), "m", "lwe_thickness_of_large_scale_precipitation"),
        "lsm": (rng.uniform(0.0, 1.0, shape), "(0 - 1)", "land_binary_mask"),
    }
    for name, (values, units, standard) in parts.items():
        file.add(name, grid, values.astype(np.float32), units=units, standard_name=standard,
                 GRIB_shortName=name)  # fmt: skip
    return file


def ncl(n_times: int = 3) -> NetcdfFile:
    """Return a classic file with NCL's reference time, on one level that it does not name."""
    file = NetcdfFile()
    text = np.array(list("1996 01 05 00:00    "), "S1")
    file.add("reftime", ("timelen",), text, units="text_time")
    file.add("timestep", ("timestep",), 6 * np.arange(n_times, dtype=np.int32))
    file.add("lat", ("lat",), np.float32(LATITUDE[::-1]))
    file.add("lon", ("lon",), np.float32(LONGITUDE - 180.0))
    file.add("p", ("timestep", "lat", "lon"), np.full((n_times, 5, 8), 1e5, np.float32))
    values = air(n_times)["u"][:, 0]
    return file.add("u", ("timestep", "lat", "lon"), values, _FillValue=np.float32(-9999.0))


def _positions(file: NetcdfFile) -> None:
    for name, values in (("latitude", LATITUDE), ("longitude", LONGITUDE)):
        file.add(name, (name,), values, standard_name=name)


def grib_message(values: object, keys: Mapping[str, int | float | str], sample: str) -> bytes:
    """Return one message made of a sample of ecCodes.

    Parameters
    ----------
    values : array_like
        In the order that the keys say.
    keys : mapping
        Set in their order.
    sample : str
        ``regular_ll_pl_grib1``, ``regular_ll_pl_grib2`` ...
    """
    import eccodes

    handle = eccodes.codes_grib_new_from_samples(sample)
    try:
        for key, value in keys.items():
            eccodes.codes_set(handle, key, value)
        numbers = np.asarray(values, np.float64)
        if np.isnan(numbers).any():
            eccodes.codes_set(handle, "bitmapPresent", 1)
            eccodes.codes_set(handle, "missingValue", -1e9)
            numbers = np.where(np.isnan(numbers), -1e9, numbers)
        eccodes.codes_set_values(handle, numbers.ravel())
        return bytes(eccodes.codes_get_message(handle))
    finally:
        eccodes.codes_release(handle)


GRIB_GRID: dict[str, int | float | str] = {
    "Ni": len(LONGITUDE),
    "Nj": len(LATITUDE),
    "latitudeOfFirstGridPointInDegrees": 60.0,
    "latitudeOfLastGridPointInDegrees": -20.0,
    "longitudeOfFirstGridPointInDegrees": 0.0,
    "longitudeOfLastGridPointInDegrees": 315.0,
    "iDirectionIncrementInDegrees": 45.0,
    "jDirectionIncrementInDegrees": 20.0,
    "dataDate": 20190105,
    "dataTime": 1200,
    "bitsPerValue": 16,
}
"""The grid of ``LATITUDE`` and ``LONGITUDE``, and a time."""


def grib(edition: int = 2, n_times: int = 1) -> bytes:
    """Return the same air as messages on pressure levels."""
    parts = []
    for name, values in air(n_times).items():
        for t, k in np.ndindex(n_times, len(LEVELS_HPA)):
            keys = {**GRIB_GRID, "step": 6 * t, "shortName": name, "level": int(LEVELS_HPA[k])}
            parts.append(grib_message(values[t, k], keys, f"regular_ll_pl_grib{edition}"))
    return b"".join(parts)
