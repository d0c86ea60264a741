"""What a sample brings to its analysis - spectrum, times, volume - and the record made of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie import __version__
from vigie.errors import CalibrationError
from vigie.radionuclide.decay import SampleTimes
from vigie.records import PulseHeight, SampleAnalysis, Spectrum

if TYPE_CHECKING:
    from vigie.records import NuclideResult, Peak, Reason


def spectrum_of(sample: PulseHeight | Spectrum) -> Spectrum:
    """Return the spectrum of a sample with the calibration and times of its message.

    Raises
    ------
    CalibrationError
        The message has no spectrum.
    """
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


def air_volume_m3(sample: PulseHeight | Spectrum) -> float | None:
    """Return the volume that was sampled; None where nothing was, or it is not stated."""
    if isinstance(sample, Spectrum) or sample.collection is None:
        return None
    return sample.collection.air_volume_m3


def live_and_real_s(spectrum: Spectrum) -> tuple[float, float]:
    """Return live and real time, the one for the other where one is not stated."""
    real = spectrum.real_time_s or spectrum.live_time_s or 1.0
    live = spectrum.live_time_s or real
    return min(live, real), real


def times_of(sample: PulseHeight | Spectrum, real_time_s: float) -> SampleTimes | None:
    """Return times of collection, decay and acquisition; None where nothing was collected."""
    if not isinstance(sample, PulseHeight) or sample.collection is None:
        return None
    start = sample.acquisition.start_ns if sample.acquisition else sample.collection.stop_ns
    return SampleTimes(
        collection_s=max(sample.collection.duration_s, 0.0),
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
    )
