"""Families of PMCC to detections."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import KM_PER_DEG
from vigie.infrasound.amplitudes import BEAM_RMS, Pressures, pressures_of
from vigie.infrasound.heights import levelled
from vigie.infrasound.onset import onset_of
from vigie.infrasound.pressure import pressure_of
from vigie.infrasound.shared_timing import with_shared_timing
from vigie.records import Amplitude, Detection, ExcludedElement, Technology, format_iso
from vigie.records.time import add_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.infrasound.array import SoundArray
    from vigie.infrasound.beam import Searched
    from vigie.signal.pmcc import Family, Pixels

METHOD = "PMCC"
LEAST_ELEMENTS = 3
"""Of a direction; a family of changing ones may have fewer that most of its pixels share."""


def detection_of(
    family: Family,
    pixels: Pixels,
    searched: Searched,
    phase: str,
    excluded: Sequence[ExcludedElement] = (),
) -> tuple[Detection, Pressures]:
    """Return the detection of a family, and what its elements say of their gains.

    Parameters
    ----------
    family : Family
    pixels : Pixels
        All pixels of the record.
    searched : Searched
        The elements that were searched.
    phase : str
        I or N.
    excluded : sequence of ExcludedElement
        Elements left out of the search.

    Notes
    -----
    The time is the onset on the beam, at the array's reference point (``onset``).
    """
    own = pixels.select(family.rows)
    array, start_ns = searched.array, searched.start_ns
    fisher_ratio = _fisher_ratio(own)
    onset = onset_of(own, searched)
    pressures = pressures_of(family, own, searched)
    amplitudes = pressures.amplitudes or (_rms_of_pixel(own, array, start_ns),)
    time_ns = add_seconds(start_ns, onset.time_s)
    slowness = KM_PER_DEG / family.velocity_km_s
    station = array.station
    names = np.array(array.names)
    detection = Detection(
        id="",
        station=station.code,
        network=station.network,
        time_ns=time_ns,
        time_sigma_s=onset.sigma_s,
        phase=phase,
        azimuth_deg=family.azimuth_deg,
        azimuth_deg_sigma=family.azimuth_sigma_deg,
        slowness_s_per_deg=slowness,
        slowness_s_per_deg_sigma=slowness * family.velocity_sigma_km_s / family.velocity_km_s,
        freq_hz=family.freq_hz,
        freq_hz_sigma=float(np.std(own.freq_hz)),
        snr=float(np.sqrt(max((fisher_ratio - 1.0) / len(array.elements), 0.0))),
        duration_s=family.end_s - family.start_s,
        duration_s_sigma=float(np.median(own.window_s)) / 6.0**0.5,
        technology=Technology.INFRASOUND,
        trace_velocity_m_s=1e3 * family.velocity_km_s,
        trace_velocity_m_s_sigma=1e3 * family.velocity_sigma_km_s,
        band_hz=(family.low_hz, family.high_hz),
        p_value=family.p_value,
        consistency_s=float(np.median(own.consistency_s)),
        correlation=float(np.median(own.correlation)),
        family_size=len(family),
        fisher_ratio=fisher_ratio,
        amplitudes=amplitudes,
        elements=tuple(names[family.members].tolist()),
        excluded_elements=tuple(excluded),
        method=METHOD,
    )
    took_part = family.members if family.members.sum() >= LEAST_ELEMENTS else slice(None)
    timed = with_shared_timing(detection, array.offsets_km[took_part])
    found = levelled(timed, array, family.members)
    name = f"{station.code}-{format_iso(time_ns)}-{found.azimuth_deg:05.1f}"
    return replace(found, id=name), pressures


def _fisher_ratio(own: Pixels) -> float:
    """Return the Fisher ratio of a family: power of its beams over that beside them, all summed.

    The largest of many pixels would be chance: few numbers make one, and its law has a long tail.
    """
    power = np.maximum(own.amplitude**2, 1e-300)
    return float(np.sum(power) / np.sum(power / np.maximum(own.f_statistic, 1e-12)))


def _rms_of_pixel(own: Pixels, array: SoundArray, start_ns: int) -> Amplitude:
    """Return the largest rms of the pixels' beams, where the beam itself cannot be read."""
    k = int(np.argmax(own.amplitude))
    element = array.elements[0]
    pressure = pressure_of(element.runs[0], element.metadata, float(own.freq_hz[k]))
    factor = pressure.pa_per_count
    value = float(own.amplitude[k]) * (factor if factor is not None else 1.0)
    return Amplitude(
        type=BEAM_RMS,
        value=value,
        unit="count" if factor is None else "Pa",
        sigma=None if factor is None else value * pressure.sigma,
        period_s=1.0 / float(own.freq_hz[k]),
        time_ns=add_seconds(start_ns, float(own.time_s[k])),
        band_hz=(float(own.low_hz[k]), float(own.high_hz[k])),
    )
