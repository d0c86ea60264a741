"""The spectra of a message as records: what the message says of its acquisition goes along."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.records import Calibration, PhdType, PulseHeight, Spectrum

if TYPE_CHECKING:
    from vigie.formats.ims_radionuclide._spectrum import Axis
    from vigie.records import Histogram

ROLES = {
    PhdType.SAMPLE: "sample",
    PhdType.BLANK: "background",
    PhdType.DETECTOR_BACKGROUND: "background",
    PhdType.GAS_BACKGROUND: "background",
    PhdType.CALIBRATION: "calibration",
    PhdType.QUALITY_CONTROL: "calibration",
}
"""What a spectrum is for, by the type of its message."""


def singles(
    message: PulseHeight, gamma: Axis | None, beta: Axis | None, histogram: Histogram | None
) -> PulseHeight:
    """Return a message with its spectra."""
    return replace(
        message,
        gamma=_spectrum(message, gamma, message.gamma_calibration),
        beta=_spectrum(message, beta, message.beta_calibration),
        histogram=histogram,
    )


def _spectrum(message: PulseHeight, axis: Axis | None, calibration: Calibration) -> Spectrum | None:
    if axis is None:
        return None
    counted = message.acquisition
    return Spectrum(
        counts=axis.counts,
        first_channel=axis.first_channel,
        start_ns=counted.start_ns if counted else None,
        real_time_s=counted.real_time_s if counted else None,
        live_time_s=counted.live_time_s if counted else None,
        calibration=calibration,
        energy_span_kev=axis.span_kev,
        detector=message.detector,
        title=message.measurement_id or message.sample_id,
        role=ROLES.get(message.type, ""),
        simulated=message.simulated,
    )
