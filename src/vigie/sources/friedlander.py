"""The pulse of a blast wave and its spectrum.

What it computes: p(t) = dP (1 - t/t+) exp(-t/t+) for t >= 0 and its amplitude spectrum abs(P(f)) =
dP t+ w/(1 + w^2), w = 2 pi f t+, largest at f = 1/(2 pi t+). Source: Friedlander 1946 (Proc. Royal
Society A 186, 322). Assumptions: the pulse of the near field; its integral is 0. Accuracy: the
spectrum is exact; sampled pulses agree with it to their sampling. Cost: microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.errors import ParameterError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FriedlanderPulse:
    """A pulse by its peak and the duration of its positive phase.

    Raises
    ------
    ParameterError
        The peak or the duration is not above 0.

    Examples
    --------
    >>> pulse = FriedlanderPulse(peak_pa=840.0, positive_s=0.042)
    >>> round(pulse.corner_hz, 2)
    3.79
    """

    peak_pa: float
    positive_s: float
    """Duration of the positive phase, t+."""

    def __post_init__(self) -> None:
        for name in ("peak_pa", "positive_s"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value > 0.0):
                raise ParameterError(name=name, value=value, expected="a finite value above 0")

    @property
    def corner_hz(self) -> float:
        """Frequency at which the spectrum is largest."""
        return float(1.0 / (2.0 * np.pi * self.positive_s))

    def pressure_pa(self, time_s: ArrayLike) -> FloatArray:
        """Return the overpressure at times after the onset; 0 before it."""
        x = np.asarray(time_s, dtype=np.float64) / self.positive_s
        after = np.maximum(x, 0.0)
        return np.asarray(np.where(x >= 0.0, self.peak_pa * (1.0 - after) * np.exp(-after), 0.0))

    def spectrum_pa_s(self, freq_hz: ArrayLike) -> FloatArray:
        """Return the size of the Fourier integral, Pa s."""
        w = 2.0 * np.pi * np.abs(np.asarray(freq_hz, dtype=np.float64)) * self.positive_s
        return np.asarray(self.peak_pa * self.positive_s * w / (1.0 + w**2))
