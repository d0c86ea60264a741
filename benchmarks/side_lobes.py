"""Short sounds that a few elements read a period off: what is called a signal from elsewhere.

Elements of 0.7 to 0.8 km aperture, three and four; noise red below 0.05 Hz; sounds of 0.3 to 2 s
about 0.5, 1 or 2 Hz, with heights of 3 to 100 times the noise, of which each element records up to
a fifth of the energy scattered in its own way, four seconds long. One sound, or two from directions
30 degrees and more apart within 15 s, the second with 0.3 to 1 of the height. Counted are signals
(I) that are from none of the directions (by 5 degrees and three stated errors), and records in
which each sound is found, as the chain is and without ``infrasound.side_lobes``.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import angle_difference_deg, destination
from vigie.infrasound import chain, process_array
from vigie.records import ChannelId, Site, Station, Technology, Waveform, parse_iso

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.records import Detection

FloatArray = NDArray[np.float64]

ARRAYS = {
    "three elements": ((0.353, 0.197), (-0.144, 0.170), (-0.209, -0.367)),
    "four elements": ((0.0, 0.0), (0.45, 0.25), (-0.1, 0.5), (-0.4, -0.35)),
}
"""East and north, km."""
RECORDS = 80
RATE_HZ, LENGTH_S, AT_S = 20.0, 600.0, 300.0
COUNT = round(RATE_HZ * LENGTH_S)
FREQ_HZ = np.fft.rfftfreq(COUNT, 1.0 / RATE_HZ)
TIME_S = np.arange(COUNT) / RATE_HZ
WIDTH = 0.7
"""Of the sound's spectrum, in the logarithm of frequency."""
TAIL_S = 4.0
NEAR_DEG, SIGMAS = 5.0, 3.0


class Sound(NamedTuple):
    """A short sound that crosses the elements."""

    azimuth_deg: float
    height: float
    """Of its highest sample over the noise."""
    freq_hz: float
    length_s: float = 1.0
    scattered: float = 0.0
    """Share of its energy that each element records in its own way, after it."""
    velocity_km_s: float = 0.36
    at_s: float = AT_S


def measure(*, records: int = RECORDS) -> dict[str, object]:
    """Process records of one and of two sounds at each array, with the rule and without."""
    out: dict[str, object] = {}
    for name, places in ARRAYS.items():
        for sounds in (1, 2):
            table = {"with": Counter[str](), "without": Counter[str]()}
            for seed in range(records):
                rng = np.random.default_rng([seed, sounds])
                waves = drawn(sounds, rng)
                azimuths = [w.azimuth_deg for w in waves]
                waveforms = recorded(np.array(places), waves, rng)
                table["with"].update(verdict(waveforms, np.array(places), azimuths))
                with mock.patch.object(chain, "without_side_lobes", lambda judged, *_: judged):
                    table["without"].update(verdict(waveforms, np.array(places), azimuths))
            out[f"{name}, {sounds} sound{'s' * (sounds > 1)}"] = {
                "records": records, **{key: dict(sorted(c.items())) for key, c in table.items()}
            }  # fmt: skip
    return out


def verdict(
    waveforms: list[Waveform], places_km: FloatArray, azimuths_deg: list[float]
) -> Counter[str]:
    """Count the signals from elsewhere, and which sounds are found."""
    found = process_array(waveforms, station(places_km)).detections
    signals = [d for d in found if d.phase == "I" and d.azimuth_deg is not None]
    counts = Counter({"from elsewhere": sum(not is_from(d, azimuths_deg) for d in signals)})
    for k, azimuth_deg in enumerate(azimuths_deg):
        counts[f"sound {k + 1} found"] += any(is_from(d, [azimuth_deg]) for d in signals)
    return counts


def is_from(detection: Detection, azimuths_deg: Iterable[float]) -> bool:
    """Tell whether a detection is from one of some directions."""
    limit = max(NEAR_DEG, SIGMAS * (detection.azimuth_deg_sigma or 0.0))
    return any(
        abs(float(angle_difference_deg(detection.azimuth_deg or 0.0, a))) < limit
        for a in azimuths_deg
    )


def drawn(sounds: int, rng: np.random.Generator) -> list[Sound]:
    """Draw one sound, or two."""

    def one(azimuth_deg: float, height: float, at_s: float) -> Sound:
        return Sound(
            azimuth_deg, height, float(rng.choice([0.5, 1.0, 2.0])), rng.uniform(0.3, 2.0),
            rng.uniform(0.0, 0.2), rng.uniform(0.34, 0.42), at_s,
        )  # fmt: skip

    first = one(rng.uniform(0.0, 360.0), 10.0 ** rng.uniform(0.5, 2.0), AT_S)
    if sounds == 1:
        return [first]
    azimuth_deg = (first.azimuth_deg + rng.uniform(30.0, 330.0)) % 360.0
    height = first.height * 10.0 ** rng.uniform(-0.5, 0.0)
    return [first, one(azimuth_deg, height, AT_S + rng.uniform(-15.0, 15.0))]


def recorded(
    places_km: FloatArray, sounds: Iterable[Sound], rng: np.random.Generator
) -> list[Waveform]:
    """Return the elements' records of sounds in noise."""
    red = np.fft.rfft(rng.normal(size=(len(places_km), COUNT)), axis=1) / np.maximum(FREQ_HZ, 0.05)
    rows = np.fft.irfft(red, COUNT, axis=1)
    rows /= rows.std()
    for sound in sounds:
        rows += crossing(places_km, sound, rng)
    start_ns = parse_iso("2020-01-01T00:00:00Z")
    return [
        Waveform(
            ChannelId("XX", f"S{k}", "", "BDF"), start_ns, RATE_HZ,
            np.rint(1e3 * row).astype(np.int32),
        )
        for k, row in enumerate(rows)
    ]  # fmt: skip


def crossing(places_km: FloatArray, sound: Sound, rng: np.random.Generator) -> FloatArray:
    """Return a sound at each element, with what it scatters there."""
    envelope = np.exp(-0.5 * ((TIME_S - sound.at_s) / sound.length_s) ** 2)
    shape = np.exp(-0.5 * (np.log(np.maximum(FREQ_HZ, 1e-3) / sound.freq_hz) / WIDTH) ** 2)
    wave = np.fft.rfft(rng.normal(size=COUNT) * envelope) * shape
    samples = np.fft.irfft(wave, COUNT)
    turn = np.radians(sound.azimuth_deg)
    late_s = -(places_km @ np.array([np.sin(turn), np.cos(turn)])) / sound.velocity_km_s
    rows = []
    for each_s in late_s:
        echoes = rng.normal(size=COUNT) * np.exp(-TIME_S / TAIL_S) * (TIME_S < 5.0 * TAIL_S)
        tail = np.fft.irfft(wave * np.fft.rfft(echoes), COUNT)
        tail *= np.sqrt(sound.scattered * np.sum(samples**2) / np.sum(tail**2))
        both = wave + np.fft.rfft(tail)
        rows.append(np.fft.irfft(both * np.exp(-2j * np.pi * FREQ_HZ * each_s), COUNT))
    return np.asarray(sound.height * np.array(rows) / np.abs(samples).max())


def station(places_km: FloatArray) -> Station:
    """Return the array."""
    azimuth_deg = np.degrees(np.arctan2(*places_km.T))
    latitude, longitude = destination(40.0, 10.0, azimuth_deg, np.hypot(*places_km.T) / 111.195)
    sites = tuple(
        Site(code=f"S{k}", latitude=float(a), longitude=float(b), elevation_m=0.0)
        for k, (a, b) in enumerate(zip(latitude, longitude, strict=True))
    )
    return Station(
        code="S", latitude=40.0, longitude=10.0, elevation_m=0.0,
        technology=Technology.INFRASOUND, sites=sites,
    )  # fmt: skip
