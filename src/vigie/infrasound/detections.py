"""Families of PMCC to detections."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import KM_PER_DEG
from vigie.infrasound.pressure import pressure_of
from vigie.records import Amplitude, Detection, ExcludedElement, Technology, format_iso
from vigie.records.time import add_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.infrasound.array import SoundArray
    from vigie.signal.pmcc import Family, Pixels

BEAM_RMS = "beam:rms"
METHOD = "PMCC"


def detection_of(
    family: Family,
    pixels: Pixels,
    array: SoundArray,
    start_ns: int,
    phase: str,
    excluded: Sequence[ExcludedElement] = (),
) -> Detection:
    """Return the detection of a family.

    Parameters
    ----------
    family : Family
    pixels : Pixels
        All pixels of the record.
    array : SoundArray
        The elements that were searched.
    start_ns : int
        Time of the first sample.
    phase : str
        I or N.
    excluded : sequence of ExcludedElement
        Elements left out of the search.

    Notes
    -----
    The time is that at which a window's middle first saw the wave, good to half a window: the
    onset lies within that window.
    """
    own = pixels.select(family.rows)
    fisher_ratio = _fisher_ratio(own)
    first = int(np.argmin(own.time_s))
    time_ns = add_seconds(start_ns, float(own.time_s[first]))
    slowness = KM_PER_DEG / family.velocity_km_s
    station = array.station
    names = np.array(array.names)
    return Detection(
        id=f"{station.code}-{format_iso(time_ns)}-{family.azimuth_deg:05.1f}",
        station=station.code,
        network=station.network,
        time_ns=time_ns,
        time_sigma_s=float(own.window_s[first]) / 12.0**0.5,
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
        amplitudes=_amplitudes(own, array, start_ns),
        elements=tuple(names[family.members].tolist()),
        excluded_elements=tuple(excluded),
        method=METHOD,
    )


def _fisher_ratio(own: Pixels) -> float:
    """Return the Fisher ratio of a family: power of its beams over that beside them, all summed.

    The largest of many pixels would be chance: few numbers make one, and its law has a long tail.
    """
    power = np.maximum(own.amplitude**2, 1e-300)
    return float(np.sum(power) / np.sum(power / np.maximum(own.f_statistic, 1e-12)))


def _amplitudes(own: Pixels, array: SoundArray, start_ns: int) -> tuple[Amplitude, ...]:
    """Return the largest rms of the beam in one band, in Pa where the calibration is known."""
    k = int(np.argmax(own.amplitude))
    element = array.elements[0]
    pressure = pressure_of(element.runs[0], element.metadata, float(own.freq_hz[k]))
    factor = pressure.pa_per_count
    value = float(own.amplitude[k]) * (factor if factor is not None else 1.0)
    return (
        Amplitude(
            type=BEAM_RMS,
            value=value,
            unit="count" if factor is None else "Pa",
            sigma=None if factor is None else value * pressure.sigma,
            period_s=1.0 / float(own.freq_hz[k]),
            time_ns=add_seconds(start_ns, float(own.time_s[k])),
            band_hz=(float(own.low_hz[k]), float(own.high_hz[k])),
        ),
    )
