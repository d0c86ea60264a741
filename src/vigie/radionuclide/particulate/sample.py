"""What a sample brings to its analysis - spectrum, times, volume - and the record made of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vigie import __version__
from vigie.errors import CalibrationError
from vigie.radionuclide.decay import SampleTimes
from vigie.records import PhdType, PulseHeight, Reason, SampleAnalysis, Spectrum
from vigie.records.pulse_height import (
    LEAST_COUNTING_S,
    LEAST_FLOW_M3_H,
    MAX_AIR_M3,
    MOST_COUNTING_S,
    MOST_SAMPLE_S,
    least_counting_s,
)

if TYPE_CHECKING:
    from vigie.records import NuclideResult, Peak

MOST_COUNTS = 2e7
"""A week of an IMS filter has a tenth of it."""
THINNING_SEED = 20_261_127
TIME_TOLERANCE = 1e-3
"""By which live time may exceed real time: both are rounded."""
LEAST_WAIT_S = 60.0
"""By which a count may begin before the collection ended, as clocks go."""
NO_COUNTING_TIME, TIMES_CONTRADICT = "particulate.no_counting_time", "particulate.times_contradict"
TOO_MUCH_AIR, TOO_LITTLE_AIR = "particulate.too_much_air", "particulate.too_little_air"


def spectrum_of(sample: PulseHeight | Spectrum) -> Spectrum:
    """Return the spectrum of a sample with the calibration and times of its message.

    Raises
    ------
    CalibrationError
        The message has no spectrum.
    """
    return _as_counted(_stated(sample))


def _stated(sample: PulseHeight | Spectrum) -> Spectrum:
    """Return the spectrum with all its counts."""
    if isinstance(sample, Spectrum):
        return sample
    if sample.gamma is None:
        raise CalibrationError(
            what="Gamma spectrum",
            reason=f"message {sample.message_id or sample.sample_id} has none",
            remedy="Ask the station for the message again.",
        )
    spectrum = sample.gamma
    if not spectrum.calibration.energy and not spectrum.calibration.energy_coefficients_kev:
        spectrum = replace(spectrum, calibration=sample.gamma_calibration)
    if sample.acquisition is not None:
        spectrum = replace(
            spectrum,
            real_time_s=sample.acquisition.real_time_s,
            live_time_s=sample.acquisition.live_time_s,
        )
    return spectrum


def _as_counted(spectrum: Spectrum) -> Spectrum:
    """Return a spectrum of countless counts as a part of its live time would have recorded it.

    Beyond ``MOST_COUNTS`` the shapes of peaks and continuum, not counts, limit what is known, and
    every channel of a misfit would be a peak. Binomial thinning makes of one Poisson spectrum
    another; the seed is fixed, so that it is the same one each time.
    """
    part = spectrum.total / MOST_COUNTS
    if part <= 1.0:
        return spectrum
    rng = np.random.default_rng(THINNING_SEED)
    live = spectrum.live_time_s or spectrum.real_time_s
    return replace(
        spectrum,
        counts=rng.binomial(spectrum.counts.astype(np.int64), 1.0 / part),
        live_time_s=None if live is None else live / part,
    )


def air_volume_m3(sample: PulseHeight | Spectrum) -> float | None:
    """Return the volume that was sampled; None where nothing was, it is not known or cannot be."""
    if isinstance(sample, Spectrum) or sample.collection is None:
        return None
    volume = sample.collection.air_volume_m3
    if not 0.0 < volume <= MAX_AIR_M3 or contradicts_collection(sample) or too_little(sample):
        return None
    return volume


def too_little(sample: PulseHeight | Spectrum) -> bool:
    """Tell whether so little air was drawn through the filter of a sample as no sampler draws."""
    if isinstance(sample, Spectrum) or sample.collection is None:
        return False
    hours = sample.collection.duration_s / 3600.0
    of_air = sample.type is PhdType.SAMPLE and hours > 0.0
    return of_air and sample.collection.air_volume_m3 < LEAST_FLOW_M3_H * hours


def has_counting_time(sample: PulseHeight | Spectrum) -> bool:
    """Tell whether it is known how long the sample was counted, can be, and nothing contradicts."""
    spectrum = _stated(sample)
    real, live = spectrum.real_time_s, spectrum.live_time_s
    if not (real or live) or (real or 1.0) <= 0.0 or (live or 1.0) <= 0.0:
        return False
    stated = [time_s for time_s in (real, live) if time_s]
    of_air = isinstance(sample, PulseHeight) and sample.type is PhdType.SAMPLE
    least_s = least_counting_s(sample.type) if isinstance(sample, PulseHeight) else LEAST_COUNTING_S
    most_s = MOST_SAMPLE_S if of_air else MOST_COUNTING_S
    if min(stated) < least_s or max(stated) > most_s:
        return False
    return real is None or live is None or live <= real * (1.0 + TIME_TOLERANCE)


def contradicts_collection(sample: PulseHeight | Spectrum) -> bool:
    """Tell whether a collection ends before it begins, or after the sample was counted."""
    if not isinstance(sample, PulseHeight) or sample.collection is None:
        return False
    begun = sample.acquisition.start_ns if sample.acquisition else sample.collection.stop_ns
    waited_s = (begun - sample.collection.stop_ns) / 1e9
    return sample.collection.duration_s <= 0.0 or waited_s < -LEAST_WAIT_S


def told_of_times(sample: PulseHeight | Spectrum) -> tuple[Reason, ...]:
    """Return what is wrong with the times and the volume of a sample, and how it is counted."""
    told = []
    if not has_counting_time(sample):
        told.append(Reason.of(NO_COUNTING_TIME))
    if contradicts_collection(sample):
        told.append(Reason.of(TIMES_CONTRADICT))
    taken = None if isinstance(sample, Spectrum) else sample.collection
    if taken is not None and taken.air_volume_m3 > MAX_AIR_M3:
        stated = {"volume_m3": taken.air_volume_m3, "most_m3": MAX_AIR_M3}
        told.append(Reason.of(TOO_MUCH_AIR, **stated))
    if taken is not None and too_little(sample):
        flow = 3600.0 * taken.air_volume_m3 / taken.duration_s
        stated = {
            "volume_m3": taken.air_volume_m3,
            "flow_m3_h": flow,
            "least_m3_h": LEAST_FLOW_M3_H,
        }
        told.append(Reason.of(TOO_LITTLE_AIR, **stated))
    spectrum = sample if isinstance(sample, Spectrum) else sample.gamma
    if spectrum is not None and spectrum.total > MOST_COUNTS:
        part = spectrum.total / MOST_COUNTS
        told.append(Reason.of("particulate.thinned", counts=float(spectrum.total), part=part))
    return tuple(told)


def live_and_real_s(spectrum: Spectrum) -> tuple[float, float]:
    """Return live and real time, the one for the other where one is not stated."""
    real = spectrum.real_time_s or spectrum.live_time_s or 1.0
    live = spectrum.live_time_s or real
    return min(live, real), real


def times_of(sample: PulseHeight | Spectrum, real_time_s: float) -> SampleTimes | None:
    """Return times of collection, decay and acquisition.

    None where nothing was collected, or the times contradict each other.
    """
    if not isinstance(sample, PulseHeight) or sample.collection is None:
        return None
    if contradicts_collection(sample):
        return None
    start = sample.acquisition.start_ns if sample.acquisition else sample.collection.stop_ns
    return SampleTimes(
        collection_s=sample.collection.duration_s,
        decay_s=max((start - sample.collection.stop_ns) / 1e9, 0.0),
        acquisition_s=real_time_s,
    )


def record_of(
    sample: PulseHeight | Spectrum,
    results: tuple[NuclideResult, ...],
    peaks: tuple[Peak, ...],
    remarks: tuple[Reason, ...],
) -> SampleAnalysis:
    """Return the record of an analysis.

    Parameters
    ----------
    sample : PulseHeight or Spectrum
    results : tuple of NuclideResult
    peaks : tuple of Peak
    remarks : tuple of Reason
    """
    if isinstance(sample, Spectrum):
        return SampleAnalysis(
            station="",
            detector=sample.detector,
            sample_id=sample.title,
            technology="particulate",
            collection_start_ns=None,
            collection_stop_ns=None,
            acquisition_start_ns=sample.start_ns,
            air_volume_m3=None,
            nuclides=results,
            peaks=peaks,
            remarks=remarks,
            simulated=sample.simulated,
            version=__version__,
            live_time_s=sample.live_time_s,
        )
    collection = sample.collection
    return SampleAnalysis(
        station=sample.station,
        detector=sample.detector,
        sample_id=sample.sample_id,
        technology="particulate",
        collection_start_ns=collection.start_ns if collection else None,
        collection_stop_ns=collection.stop_ns if collection else None,
        acquisition_start_ns=sample.acquisition.start_ns if sample.acquisition else None,
        air_volume_m3=collection.air_volume_m3 if collection else None,
        nuclides=results,
        peaks=peaks,
        remarks=remarks,
        inputs=(("sample", sample.raw_sha256),) if sample.raw_sha256 else (),
        simulated=sample.simulated,
        version=__version__,
        message_type=sample.type.value,
        full=sample.full,
        live_time_s=sample.acquisition.live_time_s if sample.acquisition else None,
    )
