"""What a germanium gas spectrum looks like beside its fit, channel by channel, for figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.radionuclide.noble_gas.germanium_spectrum import Prepared
    from vigie.radionuclide.noble_gas.germanium_windows import Window
    from vigie.radionuclide.noble_gas.likelihood import LikelihoodFit

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GermaniumCurve:
    """A spectrum with the fit of its windows, arrays of shape (n,)."""

    energy_kev: FloatArray
    """As settled on the lines of the spectrum."""
    counts: FloatArray
    fitted: FloatArray
    """Counts per channel at the maximum; NaN outside the windows."""
    without_xenon: FloatArray
    """The same without the xenon of the sample."""
    windows_kev: tuple[tuple[float, float], ...]
    """By rising energy: X-rays, where they are used, then gamma rays."""
    fwhm_kev: FloatArray


def germanium_curve(ready: Prepared, fit: LikelihoodFit) -> GermaniumCurve:
    """Return the fit of cells as a curve; where a window is one cell, counts have no shape."""
    scene = ready.scene
    fitted, without = np.full((2, len(scene.counts)), np.nan)
    at = 0
    for one in ready.windows:
        if one.inside is None:
            part = slice(one.first, one.first + one.channels)
            for out, cells in ((fitted, fit.expected), (without, fit.without)):
                out[part] = _per_channel(one, cells[at : at + one.size])
        at += one.size
    return GermaniumCurve(
        energy_kev=scene.energy_kev,
        counts=scene.counts,
        fitted=fitted,
        without_xenon=without,
        windows_kev=tuple((one.low_kev, one.high_kev) for one in ready.windows),
        fwhm_kev=scene.model.widths().fwhm(scene.energy_kev),
    )


def _per_channel(window: Window, cells: FloatArray) -> FloatArray:
    """Return counts per channel: straight lines between the middles of cells."""
    middles = (np.arange(window.size) + 0.5) * window.joined - 0.5
    return np.interp(np.arange(window.channels), middles, cells / window.joined)
