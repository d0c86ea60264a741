"""A simulated particulate station: its detector, electronics, schedule and what it says of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.radionuclide.decay import SampleTimes
from vigie.simulate.radionuclide.hpge.geometry import DetectorGeometry
from vigie.simulate.radionuclide.hpge.natural import NaturalBackground
from vigie.simulate.radionuclide.hpge.shape import PeakShape

FloatArray = NDArray[np.float64]

NS_PER_S = 1_000_000_000
EPOCH_NS = 1_767_225_600 * NS_PER_S
"""2026-01-01."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Electronics:
    """Channels, gain, dead time and drift."""

    channels: int = 8192
    first_channel: int = 0
    """Number of the first channel, 0 or 1."""
    offset_kev: float = 0.1
    gain_kev: float = 0.335
    """Per channel."""
    curve_kev: float = 2e-9
    """Times the square of the channel."""
    bend_kev: float = 0.0
    """Amplitude of a non-linearity that no polynomial of the second degree holds."""
    drift_gain: float = 0.0
    """Relative change since the calibration that the message states."""
    drift_offset_kev: float = 0.0
    threshold_kev: float = 22.0
    """Of the discriminator: half of the counts there are lost."""
    threshold_width_kev: float = 1.5
    dead_time_s: float = 25e-6
    """Per count."""
    pile_up_s: float = 1e-6
    """Two counts within are one, of their sum."""

    def __post_init__(self) -> None:
        if self.channels < 256:
            raise ParameterError(name="channels", value=self.channels, expected="256 or more")
        if self.gain_kev <= 0.0:
            raise ParameterError(name="gain_kev", value=self.gain_kev, expected="above 0")

    def energy_kev(self, channel: FloatArray, *, drifted: bool = True) -> FloatArray:
        """Return energies at channels, counted from ``first_channel``."""
        gain = self.gain_kev * (1.0 + self.drift_gain * drifted)
        offset = self.offset_kev + self.drift_offset_kev * drifted
        bend = self.bend_kev * np.sin(2.0 * np.pi * channel / self.channels) if drifted else 0.0
        return np.asarray(offset + gain * channel + self.curve_kev * channel**2 + bend)

    def passed(self, energy_kev: FloatArray) -> FloatArray:
        """Return the share of counts that pass the discriminator."""
        below = (self.threshold_kev - energy_kev) / self.threshold_width_kev
        return np.asarray(1.0 / (1.0 + np.exp(np.clip(below, -50.0, 50.0))))

    def edges_kev(self) -> FloatArray:
        """Return the energies between channels, shape (channels + 1,)."""
        numbers = np.arange(self.channels + 1, dtype=np.float64) + self.first_channel - 0.5
        return self.energy_kev(numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedErrors:
    """By how much a station's calibration is wrong, and says it may be (k = 1)."""

    channel: float = 0.03
    fwhm_share: float = 0.01
    efficiency_share: float = 0.01
    """Of each point, independent."""
    efficiency_common: float = 0.015
    """Of all points together: the activity of the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HpgeStation:
    """A particulate station.

    Schedule and volume are those that the IMS asks for: 24 h each of collection, decay and
    acquisition, above 500 m3/h (here 830 m3/h, 20,000 m3).
    """

    station: str = "XXP01"
    detector: str = "XXP01_001"
    geometry: DetectorGeometry = field(default_factory=DetectorGeometry)
    electronics: Electronics = field(default_factory=Electronics)
    shape: PeakShape = field(default_factory=PeakShape)
    background: NaturalBackground = field(default_factory=NaturalBackground)
    errors: StatedErrors = field(default_factory=StatedErrors)
    air_volume_m3: float = 20_000.0
    collection_s: float = 86_400.0
    decay_s: float = 86_400.0
    acquisition_s: float = 84_600.0
    """Real time."""
    calibration_kev: tuple[float, ...] = (
        46.54,
        59.54,
        88.03,
        122.06,
        165.86,
        238.63,
        391.70,
        514.01,
        661.66,
        898.04,
        1173.23,
        1332.49,
        1836.05,
        2614.51,
    )
    """Energies at which it was calibrated."""

    def __post_init__(self) -> None:
        for name in ("air_volume_m3", "acquisition_s"):
            if getattr(self, name) <= 0.0:
                raise ParameterError(name=name, value=getattr(self, name), expected="above 0")

    @property
    def times(self) -> SampleTimes:
        """Return the durations of a sample."""
        return SampleTimes(
            collection_s=self.collection_s, decay_s=self.decay_s, acquisition_s=self.acquisition_s
        )


TYPICAL_AIR_UBQ_M3: dict[str, float] = {
    "Be-7": 4000.0,
    "Pb-212": 40_000.0,
    "Pb-210": 400.0,
    "Na-22": 0.3,
    "K-40": 5.0,
}
"""Usual concentrations in surface air, uBq/m3, thoron progeny as collected."""
