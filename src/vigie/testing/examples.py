"""Small made-up contents that every format of their kind must be able to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.records import (
    AtmosphereProfile,
    Channel,
    ChannelId,
    Epoch,
    Sensitivity,
    Site,
    Station,
    Waveform,
    global_grid,
    parse_iso,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_START_NS = parse_iso("2019-02-14T18:30:00.125Z")


def integer_waveforms() -> tuple[Waveform, ...]:
    """Return two channels of integers, one of them with a gap; steps small and large."""
    rng = np.random.default_rng(20190214)
    vertical = np.cumsum(rng.integers(-900, 900, 1500)).astype(np.int32)
    north = np.array([0, 1, -1, 8_000_000, -8_000_000, 7, 7, 7] * 25, np.int32)
    return (
        Waveform(ChannelId("", "KUR01", "", "BHZ"), _START_NS, 40.0, vertical[:700]),
        Waveform(ChannelId("", "KUR01", "", "BHZ"), _START_NS + 30 * 10**9, 40.0, vertical[700:]),
        Waveform(ChannelId("", "KUR02", "", "BHN"), _START_NS, 20.0, north),
    )


def float_waveform() -> Waveform:
    """Return one channel of float32 samples."""
    samples = np.random.default_rng(7).normal(0.0, 1e3, 1200).astype(np.float32)
    return Waveform(ChannelId("", "T4TST", "", "BHZ"), _START_NS, 5.0, samples)


def three_component_station() -> Station:
    """Return a station just west of the date line with two channels, and an epoch."""
    epoch = Epoch(start_ns=parse_iso("1994-06-15"), end_ns=parse_iso("2030-01-01"))
    channels = tuple(
        Channel(
            id=ChannelId("", "STKA", "", code),
            latitude=-17.7447,
            longitude=-179.9999,
            elevation_m=630.0,
            burial_m=12.0,
            azimuth_deg=azimuth_deg,
            dip_deg=dip_deg,
            rate_hz=40.0,
            epoch=epoch,
        )
        for code, azimuth_deg, dip_deg in (("BHN", 0.0, 0.0), ("BHZ", None, -90.0))
    )
    site = Site(
        code="STKA",
        latitude=-17.7447,
        longitude=-179.9999,
        elevation_m=630.0,
        channels=channels,
        epoch=epoch,
    )
    return Station(
        code="STKA",
        latitude=-17.7447,
        longitude=-179.9999,
        elevation_m=630.0,
        sites=(site,),
        epoch=epoch,
    )


def array_station() -> Station:
    """Return an array of four elements round a reference point at the south pole's edge."""
    epoch = Epoch(start_ns=parse_iso("2001-01-01"))
    sites = tuple(
        Site(
            code=f"AR{k:02d}",
            latitude=round(-89.5 + 0.01 * north_km, 6),
            longitude=round(12.5 + east_km, 6),
            elevation_m=2800.0,
            north_km=north_km,
            east_km=east_km,
            channels=(
                Channel(
                    id=ChannelId("", f"AR{k:02d}", "", "SHZ"),
                    latitude=round(-89.5 + 0.01 * north_km, 6),
                    longitude=round(12.5 + east_km, 6),
                    elevation_m=2800.0,
                    dip_deg=-90.0,
                    rate_hz=20.0,
                    epoch=epoch,
                ),
            ),
            epoch=epoch,
        )
        for k, (north_km, east_km) in enumerate(((0.0, 0.0), (1.0, 0.5), (-1.0, 0.5), (0.2, -1.1)))
    )
    return Station(
        code="ARRAY",
        latitude=-89.5,
        longitude=12.5,
        elevation_m=2800.0,
        name="Pole array",
        sites=sites,
        epoch=epoch,
    )


def e1_block(samples: NDArray[np.int32], n_differences: int) -> bytes:
    """Encode samples as one e1 block: words of 7 or 3 small differences, else of 28 bits.

    Raises
    ------
    ValueError
        A difference needs more than 28 bits.
    """
    values = samples.astype(np.int64)
    for _ in range(n_differences):
        values = np.diff(values, prepend=0)
    body = bytearray()
    at = 0
    while at < len(values):
        for prefix, count, width in (("0", 7, 9), ("10", 3, 10), ("1111", 1, 28)):
            part = [int(value) for value in values[at : at + count]]
            part += [0] * (count - len(part))
            limit = 1 << (width - 1)
            if all(-limit <= value < limit for value in part):
                bits = prefix + "".join(f"{value % (2 * limit):0{width}b}" for value in part)
                body += int(bits, 2).to_bytes(len(bits) // 8)
                at += count
                break
        else:
            raise ValueError(f"difference {int(values[at])} needs more than 28 bits")
    check = int(samples[-1]) % (1 << 24)
    head = (len(body) + 8).to_bytes(2) + len(samples).to_bytes(2)
    return head + bytes([n_differences]) + check.to_bytes(3) + bytes(body)


def profile() -> AtmosphereProfile:
    """Return an atmosphere of 60 levels, its numbers of many digits."""
    rng = np.random.default_rng(3)
    height_km = np.linspace(0.1, 118.0, 60)
    temperature_k = 250.0 + 40.0 * np.cos(height_km / 9.0)
    pressure_pa = 101325.0 * np.exp(-height_km / 7.3)
    return AtmosphereProfile(
        height_km=height_km,
        temperature_k=temperature_k,
        zonal_m_s=rng.normal(0.0, 30.0, 60),
        meridional_m_s=rng.normal(0.0, 10.0, 60),
        density_kg_m3=pressure_pa / (287.05 * temperature_k),
        pressure_pa=pressure_pa,
        ground_km=0.165,
        latitude=39.1026,
        longitude=-84.5123,
        time_ns=_START_NS,
        model="a made-up analysis",
    )


def sensitivity() -> Sensitivity:
    """Return a sensitivity of two rows in the first step and one in the last, with spread."""
    grid = global_grid(0.5, 0.5)
    places = ([47.5, 48.0, 50.0], [238.5, 238.0, 355.0])
    return Sensitivity(
        station="USP70",
        receptor_latitude=47.6,
        receptor_longitude=-121.55,
        collection_start_ns=parse_iso("2019-08-04T15:00:00Z"),
        collection_stop_ns=parse_iso("2019-08-05T15:00:00Z"),
        step_s=10_800.0,
        n_steps=40,
        grid=grid,
        step=np.array([0, 0, 39], dtype=np.int32),
        cell=grid.cells_at(*places),
        value=np.array([2.5, 0.0, 1.25e-6]) / 1e15,
        spread=np.array([2.5, 0.0, 0.625e-6]) / 1e15,
    )
