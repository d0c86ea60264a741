"""A fit of bubble pulses brought to its best, and the error of its period.

Period, second period, heights, pulse width, and the ghost's delay and size are moved together by
least squares (trust region, scipy) from where the grid of ``comb`` left them; the scale of the
template is taken out. The period's error is the marginal one of the fit, sigma^2 (J'J)^-1, which
holds what the ghost and the second pulse leave open; a quarter millisecond is added for what the
model leaves out of the shock's shape. Accuracy as measured: ``docs/methods/hydroacoustic.md``.
Cost: 25 ms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.hydroacoustic.cepstrum.comb import PULSE_WIDTH, Fit, Flattened, flattened_for

if TYPE_CHECKING:
    from vigie.hydroacoustic.cepstrum.spectrum import Compressed

FloatArray = NDArray[np.float64]

LEAST_ERROR_S = 2.5e-4
"""Scatter of short periods beyond the fit's own error (simulated)."""
MOST_CALLS = 25
STEP = 1e-3
"""Of finite differences, in the parameters' scales."""
SCALES = np.array([0.01, 0.02, 0.1, 0.1, 0.002, 0.1, 0.003])
"""Of period (a share of it), second period, heights, ghost (s, size) and pulse width."""
LOWEST = np.array([0.97, 0.58, 0.03, 0.02, 0.0, 0.0, 0.004])
HIGHEST = np.array([1.03, 0.86, 1.5, 1.2, 0.25, 0.98, 0.02])


def polished(spectrum: Compressed, fit: Fit) -> tuple[float, float]:
    """Return the period of the best fit and its standard error.

    Parameters
    ----------
    spectrum : Compressed
    fit : Fit
        From which to begin.
    """
    from scipy.optimize import least_squares

    flat = flattened_for(spectrum, fit.period_s)
    begin = np.array(
        [1.0, fit.second, fit.height, fit.second_share, fit.ghost_s, fit.ghost_size, PULSE_WIDTH]
    )
    begin = np.clip(begin, LOWEST + 1e-6, HIGHEST - 1e-6) / SCALES

    def residual(scaled: FloatArray) -> FloatArray:
        values = scaled * SCALES
        values[0] *= fit.period_s
        return _left(flat, _power(flat.freq_hz, values))

    found = least_squares(
        residual,
        begin,
        bounds=(LOWEST / SCALES, HIGHEST / SCALES),
        max_nfev=MOST_CALLS,
        diff_step=np.full(len(begin), STEP),
    )
    free = max(len(flat.freq_hz) - flat.basis.shape[1] - len(begin), 5)
    slopes = np.asarray(found.jac, dtype=np.float64)
    variance = float(np.linalg.pinv(slopes.T @ slopes + 1e-9 * np.eye(len(begin)))[0, 0])
    error = float(np.sqrt(max(variance, 0.0) * 2.0 * found.cost / free))
    scale_s = float(SCALES[0]) * fit.period_s
    return float(found.x[0]) * scale_s, float(np.hypot(error * scale_s, LEAST_ERROR_S))


def _power(freq_hz: FloatArray, values: FloatArray) -> FloatArray:
    """Return the power of shock, bubble pulses and ghost."""
    period, second, height, share, ghost_s, size, width = values
    turns = -2j * np.pi * freq_hz * period
    fall = height * np.exp(-2.0 * (np.pi * freq_hz * width * period) ** 2)
    pulses = 1.0 + fall * (np.exp(turns) + share * np.exp(turns * (1.0 + second)))
    echo = 1.0 - size * np.exp(-2j * np.pi * freq_hz * ghost_s)
    return np.asarray(np.abs(pulses * echo) ** 2)


def _left(flat: Flattened, power: FloatArray) -> FloatArray:
    """Return what a power template leaves of a spectrum."""
    shape = np.exp(0.3 * np.log(flat.share * power / power.mean() + 1.0 - flat.share + 1e-6))
    shape = shape * flat.share
    shape = shape - flat.basis @ (flat.basis.T @ shape)
    return np.asarray(flat.level - (shape @ flat.level) / max(shape @ shape, 1e-12) * shape)
