"""Measured signals to detections.

The time of H and N is the onset at the station's reference point. A T phase comes from no point:
its time is the centroid of its energy, with an error of seconds, and its onset and peak stand among
the features. The azimuth's error is the total one; its two parts are features too.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import KM_PER_DEG
from vigie.hydroacoustic.bands import BROAD
from vigie.hydroacoustic.explosion import period_of_delay
from vigie.hydroacoustic.features import UPA2_DB, octave_ratio_db
from vigie.records import Amplitude, BandFeature, Detection, Technology, format_iso
from vigie.records.time import add_seconds

if TYPE_CHECKING:
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
    wave = measured.direction if measured.direction and measured.direction.plausible else None
    centroid_s = float(np.nan_to_num(measured.table.mean_s[measured.best]))
    spread_s = float(np.nan_to_num(measured.table.spread_s[measured.best]))
    at_s, sigma_s = measured.onset_s, measured.onset_sigma_s
    if phase == "T":
        at_s, sigma_s = at_s + centroid_s, max(T_SIGMA_S, T_SHARE * spread_s)
    if wave is not None:
        middle = station.offsets_km[list(measured.used)].mean(axis=0)
        at_s -= float(wave.slowness_s_per_km @ middle)
    time_ns = add_seconds(start_ns, at_s)
    slowness = KM_PER_DEG / wave.speed_km_s if wave else None
    cepstrum = measured.cepstrum
    pulse = cepstrum.bubble if cepstrum and phase == "H" else None
    bubble = period_of_delay(pulse.delay_s, pulse.sigma_s) if pulse else None
    ghost = cepstrum.ghost if cepstrum and phase == "H" else None
    best = bands[measured.best]
    centre = measured.shape.centre_hz
    names = tuple(station.hydrophones[i].name for i in measured.used)
    return Detection(
        id=f"{station.code}-{format_iso(time_ns)}-{phase}",
        station=station.code,
        network=station.network,
        time_ns=time_ns,
        time_sigma_s=sigma_s,
        phase=phase,
        channel=station.hydrophones[measured.used[0]].channel,
        azimuth_deg=wave.azimuth_deg if wave else None,
        azimuth_deg_sigma=wave.total_sigma_deg if wave else None,
        slowness_s_per_deg=slowness,
        slowness_s_per_deg_sigma=(
            slowness * wave.speed_sigma_km_s / wave.speed_km_s if wave and slowness else None
        ),
        freq_hz=centre,
        freq_hz_sigma=measured.shape.bandwidth_hz,
        snr=10.0 ** (measured.snr_db / 20.0),
        duration_s=measured.end_s - measured.onset_s,
        technology=Technology.HYDROACOUSTIC,
        trace_velocity_m_s=1e3 * wave.speed_km_s if wave else None,
        trace_velocity_m_s_sigma=1e3 * wave.speed_sigma_km_s if wave else None,
        band_hz=measured.band_hz,
        consistency_s=wave.closure_s if wave else None,
        correlation=measured.direction.correlation if measured.direction else None,
        class_probabilities=classified.probabilities,
        bubble_period_s=bubble[0] if bubble else None,
        bubble_period_s_sigma=bubble[1] if bubble else None,
        ghost_delay_s=ghost.delay_s if ghost else None,
        ghost_delay_s_sigma=ghost.sigma_s if ghost else None,
        band_features=_features(measured, station, bands, wave),
        amplitudes=_amplitudes(measured, station, best, time_ns),
        elements=names,
        method=METHOD,
    )


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
