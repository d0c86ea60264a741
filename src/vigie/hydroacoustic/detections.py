"""Measured signals to detections.

The time of H and N is the onset at the station's reference point; that of H may be late by what
noise hides of a sound that swells for seconds, and its error says so. A T phase comes from no
point: its time is the centroid of its energy, with an error of seconds, and its onset and peak
stand among the features. The azimuth's error is the total one; its two parts are features too.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import KM_PER_DEG
from vigie.hydroacoustic.bands import BROAD
from vigie.hydroacoustic.crossing import is_too_fast, told_of_crossing
from vigie.hydroacoustic.direction import VAGUE_DEG
from vigie.hydroacoustic.explosion import period_of_delay
from vigie.hydroacoustic.features import UPA2_DB, octave_ratio_db
from vigie.hydroacoustic.locus import charges_at_depths
from vigie.records import Amplitude, BandFeature, Detection, Technology, format_iso
from vigie.records.time import add_seconds

if TYPE_CHECKING:
    from vigie.hydroacoustic.cepstrum import Cepstrum
    from vigie.hydroacoustic.classify import Classified
    from vigie.hydroacoustic.direction import Direction
    from vigie.hydroacoustic.measure import Measured
    from vigie.hydroacoustic.triplet import Triplet
    from vigie.signal.filters import BandPass

METHOD = "band energy"
T_SIGMA_S = 5.0
"""Least error of the time of a T phase."""
T_SHARE = 0.25
"""Error of a centroid in spreads of the energy."""
H_HIDDEN = (4.0, 30.0)
"""Error of the time of H at 0 dB, s, and by how many dB it falls to a tenth: sound of early modes
is faint, and its beginning is lost in noise (simulated, training scenes)."""
T_HIDDEN = (25.0, 22.0)
"""The same of a T phase, whose long end is lost."""


def detection_of(
    measured: Measured,
    classified: Classified,
    station: Triplet,
    bands: tuple[BandPass, ...],
    start_ns: int,
    phase: str,
) -> Detection:
    """Return the detection of one signal.

    Parameters
    ----------
    measured : Measured
    classified : Classified
    station : Triplet
    bands : tuple of BandPass
    start_ns : int
        Time of the first frame.
    phase : str
        ``H``, ``T`` or ``N``.
    """
    wave = measured.direction
    if wave is not None and not wave.plausible:
        # A seismic wave has a direction too.
        is_seismic = is_too_fast(wave) and wave.azimuth_sigma_deg < VAGUE_DEG
        wave = wave if is_seismic else None
    at_s, sigma_s = time_of(measured, phase)
    if wave is not None:
        middle = station.offsets_km[list(measured.used)].mean(axis=0)
        at_s -= float(wave.slowness_s_per_km @ middle)
    time_ns = add_seconds(start_ns, at_s)
    found = Detection(
        id=f"{station.code}-{format_iso(time_ns)}-{phase}",
        station=station.code,
        network=station.network,
        time_ns=time_ns,
        time_sigma_s=sigma_s,
        phase=phase,
        channel=station.hydrophones[measured.used[0]].channel,
        freq_hz=measured.shape.centre_hz,
        freq_hz_sigma=measured.shape.bandwidth_hz,
        snr=10.0 ** (measured.snr_db / 20.0),
        duration_s=measured.end_s - measured.onset_s,
        technology=Technology.HYDROACOUSTIC,
        band_hz=measured.band_hz,
        correlation=measured.direction.correlation if measured.direction else None,
        class_probabilities=classified.probabilities,
        band_features=_features(measured, station, bands, wave),
        amplitudes=_amplitudes(measured, station, bands[measured.best], time_ns),
        elements=tuple(station.hydrophones[i].name for i in measured.used),
        remarks=told_of_crossing(measured.direction),
        method=METHOD,
    )
    if wave is not None:
        found = _with_wave(found, wave)
    return _with_echoes(found, measured.cepstrum) if phase == "H" and measured.cepstrum else found


def time_of(measured: Measured, phase: str) -> tuple[float, float]:
    """Return time and error at the middle of the hydrophones, s from the first frame."""
    if phase == "T":
        centroid_s = float(np.nan_to_num(measured.table.mean_s[measured.best]))
        spread_s = float(np.nan_to_num(measured.table.spread_s[measured.best]))
        sigma_s = max(T_SIGMA_S, T_SHARE * spread_s)
        return measured.onset_s + centroid_s, math.hypot(sigma_s, _hidden(measured, T_HIDDEN))
    if phase != "H":
        return measured.onset_s, measured.onset_sigma_s
    return measured.onset_s, math.hypot(measured.onset_sigma_s, _hidden(measured, H_HIDDEN))


def _hidden(measured: Measured, law: tuple[float, float]) -> float:
    """Return by how much a time may be off, s, since noise hides the faint part of a sound."""
    return float(law[0] * 10.0 ** (-max(measured.snr_db, 0.0) / law[1]))


def _with_wave(detection: Detection, wave: Direction) -> Detection:
    slowness = KM_PER_DEG / wave.speed_km_s
    return replace(
        detection,
        azimuth_deg=wave.azimuth_deg,
        azimuth_deg_sigma=wave.total_sigma_deg,
        slowness_s_per_deg=slowness,
        slowness_s_per_deg_sigma=slowness * wave.speed_sigma_km_s / wave.speed_km_s,
        trace_velocity_m_s=1e3 * wave.speed_km_s,
        trace_velocity_m_s_sigma=1e3 * wave.speed_sigma_km_s,
        consistency_s=wave.closure_s,
    )


def _with_echoes(detection: Detection, found: Cepstrum) -> Detection:
    """Add bubble period and ghost delay, each where it stands out, and charge against depth."""
    if found.bubble is not None:
        period_s, sigma_s = period_of_delay(found.bubble.delay_s, found.bubble.sigma_s)
        detection = replace(detection, bubble_period_s=period_s, bubble_period_s_sigma=sigma_s)
    if found.ghost is not None:
        detection = replace(
            detection,
            ghost_delay_s=found.ghost.delay_s,
            ghost_delay_s_sigma=found.ghost.sigma_s,
        )
    period, error = detection.bubble_period_s, detection.bubble_period_s_sigma
    if period is not None and error is not None:
        locus = charges_at_depths(period, error, detection.ghost_delay_s)
        detection = replace(detection, charge_locus=locus)
    return detection


def _amplitudes(
    measured: Measured, station: Triplet, best: BandPass, time_ns: int
) -> tuple[Amplitude, ...]:
    """Return the rms pressure at the peak in the best band."""
    peak = float(measured.table.peak_power[measured.best])
    if station.in_pascals:
        peak *= float(station.band_factors([best.centre_hz])[0])
    return (
        Amplitude(
            type="band:rms",
            value=math.sqrt(peak),
            unit="Pa" if station.in_pascals else "count",
            period_s=1.0 / best.centre_hz,
            time_ns=time_ns,
            band_hz=(best.low_hz, best.high_hz),
            snr=10.0 ** (measured.snr_db / 20.0),
        ),
    )


def _features(
    measured: Measured,
    station: Triplet,
    bands: tuple[BandPass, ...],
    wave: Direction | None,
) -> tuple[BandFeature, ...]:
    found = [
        BandFeature(name=name, value=value, band_hz=(band.low_hz, band.high_hz))
        for k, band in enumerate(bands)
        for name, value in _band_values(measured, station, bands, k).items()
    ]
    whole = (bands[BROAD if len(bands) > BROAD else -1].low_hz, bands[-1].high_hz)
    found += [
        BandFeature(name=name, value=value, band_hz=whole)
        for name, value in _wide_values(measured, bands, wave).items()
    ]
    return tuple(f for f in found if math.isfinite(f.value))


def _band_values(
    measured: Measured, station: Triplet, bands: tuple[BandPass, ...], k: int
) -> dict[str, float]:
    table = measured.table
    values = {
        "snr_peak_db": table.snr_peak_db[k],
        "snr_energy_db": table.snr_energy_db[k],
        "peak_time_s": table.peak_s[k],
        "mean_arrival_time_s": table.mean_s[k],
        "time_spread_s": table.spread_s[k],
        "skewness": table.skewness[k],
        "kurtosis": table.kurtosis[k],
        "crossings": table.crossings[k],
        "rise_time_s": table.rise_s[k],
        "frequency_dependent_duration_s": table.duration_s[k],
    }
    if station.in_pascals:
        gain_db = UPA2_DB + 10.0 * math.log10(station.band_factors([bands[k].centre_hz])[0])
        energy = table.energy[k]
        values["peak_level_db"] = gain_db + _db(table.peak_power[k])
        values["noise_level_db"] = gain_db + _db(table.noise_power[k])
        values["total_energy_db"] = gain_db + _db(energy)
        if k == len(bands) - 1:
            values["wide_band_energy_db"] = gain_db + _db(energy)
    return {name: float(value) for name, value in values.items()}


def _db(power: float) -> float:
    return 10.0 * math.log10(power) if power > 0.0 else math.nan


def _wide_values(
    measured: Measured, bands: tuple[BandPass, ...], wave: Direction | None
) -> dict[str, float]:
    shape, table = measured.shape, measured.table
    values = {
        "corner_frequency_hz": shape.corner_hz,
        "mean_centre_frequency_hz": shape.centre_hz,
        "mean_bandwidth_hz": shape.bandwidth_hz,
        "spectral_slope_db_per_octave": shape.slope_db_per_octave,
        "tonality": shape.tonality,
        "spectral_ratio_32_64_to_4_8_db": octave_ratio_db(table, bands, 32.0, 4.0),
        "spectral_ratio_8_16_to_2_4_db": octave_ratio_db(table, bands, 8.0, 2.0),
        "repetitions": float(measured.repetitions),
        "hydrophones": float(len(measured.used)),
        "centroid_s": float(table.mean_s[measured.best]),
        "peak_s": float(table.peak_s[measured.best]),
    }
    strongest = measured.cepstrum.strongest if measured.cepstrum else None
    if strongest is not None:
        values["bubble_pulse_signal"] = math.copysign(strongest.significance, strongest.height)
        values["bubble_pulse_delay_s"] = strongest.delay_s
        values["bubble_pulse_p_value"] = strongest.p_value
    if wave is not None:
        values["azimuth_measurement_sigma_deg"] = wave.azimuth_sigma_deg
        values["azimuth_station_sigma_deg"] = wave.station_sigma_deg
    return values
