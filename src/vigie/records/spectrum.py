"""Spectra: counts against channel, and the calibration that was stated with them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError

CountArray = NDArray[np.int64]
"""Counts, whole numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationPoint:
    """One row of a calibration table: what was measured at an energy."""

    energy_kev: float
    value: float
    """Centroid (channel, in the numbering of the spectrum), FWHM (keV) or efficiency
    (counts in the full-energy peak, or in the whole spectrum, per photon emitted)."""
    sigma: float | None = None
    """Standard error of the value; None where not stated."""
    mode: str = ""
    """Of electron energies: ``C`` conversion electron, ``B`` end point of a beta spectrum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What a file states of a detector axis: points to fit, or coefficients fitted already."""

    energy: tuple[CalibrationPoint, ...] = ()
    """Centroid channel of known energies."""
    resolution: tuple[CalibrationPoint, ...] = ()
    """FWHM in keV."""
    efficiency: tuple[CalibrationPoint, ...] = ()
    """Full-energy-peak efficiency."""
    total_efficiency: tuple[CalibrationPoint, ...] = ()
    """Probability that a photon leaves anything in the detector."""
    energy_coefficients_kev: tuple[float, ...] = ()
    """Of E(c) = a0 + a1 c + a2 c^2 + ..., c in the numbering of the spectrum; keV."""
    calibrated_ns: int | None = None
    """Time of the calibration, ns since 1970 UTC."""


NOT_CALIBRATED = Calibration()
"""Of an axis of which nothing is stated."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Spectrum:
    """Counts against channel of one detector axis, shape (n,), n >= 1.

    Two spectra are compared with ``same_as``; ``==`` is identity.

    Raises
    ------
    ParameterError
        The counts are not one row of whole numbers >= 0, or the first channel is not 0 or 1.
    """

    counts: CountArray
    first_channel: int = 0
    """Number of the first channel, 0 or 1; calibrations count in the same way."""
    start_ns: int | None = None
    """Start of the acquisition, ns since 1970 UTC."""
    real_time_s: float | None = None
    live_time_s: float | None = None
    calibration: Calibration = NOT_CALIBRATED
    energy_span_kev: float | None = None
    """Full scale as the file states it."""
    detector: str = ""
    title: str = ""
    """What the file calls the measurement."""
    role: str = ""
    """``sample``, ``background``, ``calibration``, ``intrinsic``; empty where not stated."""
    simulated: bool = False
    """Whether the data are known to be simulated; follows the record onto every page."""

    def __post_init__(self) -> None:
        counts = self.counts
        if counts.ndim != 1 or not len(counts) or not np.issubdtype(counts.dtype, np.integer):
            raise ParameterError(
                name="counts", value=f"{counts.dtype} {counts.shape}", expected="a row of integers"
            )
        if int(counts.min()) < 0:
            at = int(np.argmin(counts)) + self.first_channel
            raise ParameterError(
                name="counts", value=f"{counts.min()} in channel {at}", expected="none below 0"
            )
        if self.first_channel not in (0, 1):
            raise ParameterError(
                name="first_channel", value=self.first_channel, expected="numbering from 0 or 1"
            )

    @property
    def channels(self) -> NDArray[np.float64]:
        """Channel numbers, shape (n,), in the numbering of the calibration."""
        return np.arange(len(self.counts), dtype=np.float64) + self.first_channel

    @property
    def total(self) -> int:
        """Sum of all counts."""
        return int(self.counts.sum())

    def same_as(self, other: Spectrum) -> bool:
        """Tell whether two spectra hold the same values."""
        for one in fields(self):
            a, b = getattr(self, one.name), getattr(other, one.name)
            if one.name == "counts":
                if not np.array_equal(a, b):
                    return False
            elif a != b:
                return False
        return True
