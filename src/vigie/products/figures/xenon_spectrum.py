"""The germanium spectrum of a gas sample: the rays of radioxenon, each with its fit.

The upper panel ends a little above the rays of xenon; below it each window of the fit is looked at
closely. What is drawn as continuum is the fit without the xenon of the sample: lines of lead and
bismuth beside it, and what backgrounds leave, stay in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.facts.nuclides import LineKind, nuclide
from vigie.i18n import messages
from vigie.products.figures import style
from vigie.products.figures.drawing import Drawing
from vigie.products.figures.spectrum_panels import Look, Mark, SpectrumCurve, spectrum_figure
from vigie.products.figures.words import figure_words

if TYPE_CHECKING:
    from collections.abc import Collection

    from vigie.i18n import Messages

FloatArray = NDArray[np.float64]

XENONS = ("Xe-131m", "Xe-133", "Xe-133m", "Xe-135")
LEAST_INTENSITY = 0.015
"""Photons per decay of a ray that is named."""
XRAYS_BELOW_KEV = 40.0
LAST_KEV = 400.0
"""Behind the 356 keV ray of Ba-133. Of rays beyond nothing is fitted: that of Xe-135 at 608 keV
lies under one of Bi-214."""
OWN_FWHM = 0.6
"""On either side of a ray, what is its own."""
LEGEND = (
    ("rn.figure.counts", style.FAINT),
    ("rn.figure.without_xenon", style.ORANGE),
    ("rn.figure.fit", style.BLUE),
    ("rn.figure.detected", style.PURPLE),
)


@dataclass(frozen=True, slots=True, eq=False)
class GasSpectrum:
    """A gamma spectrum of a gas sample with its fit."""

    curve: SpectrumCurve
    """Its fit is NaN outside the windows."""
    windows_kev: tuple[tuple[float, float], ...]
    fwhm_kev: FloatArray
    """Of peaks, at each channel."""


def xenon_spectrum(
    spectrum: GasSpectrum, *, title: str, detected: Collection[str] = (), language: str = "en"
) -> Drawing:
    """Draw the spectrum of a gas sample.

    Parameters
    ----------
    spectrum : GasSpectrum
    title : str
    detected : collection of str
        Isotopes whose rays stand out.
    language : str
        Of the words, as far as there are letters for it (`figure_language`).
    """
    marks = _marks(spectrum, detected)
    looks = [_look(spectrum, span, marks, figure_words(language)) for span in spectrum.windows_kev]
    # The names of X-rays would stand over one another; their panel has the name.
    named = [one for one in marks if one.energy_kev > XRAYS_BELOW_KEV]
    named += [
        Mark(
            sum(one.span_kev) / 2.0,
            one.title,
            one.colour,
            one.span_kev[1] - one.span_kev[0],
            lined=False,
        )
        for one in looks
        if one.span_kev[1] < XRAYS_BELOW_KEV
    ]
    figure = spectrum_figure(
        _first_part(spectrum.curve), named, looks, LEGEND, title=title, language=language
    )
    alt = messages(language)("rn.figure.gas_spectrum", windows=len(looks))
    return Drawing("spectrum", title, alt, figure)


def _first_part(curve: SpectrumCurve) -> SpectrumCurve:
    shown = curve.energy_kev <= LAST_KEV
    return SpectrumCurve(
        curve.energy_kev[shown], curve.counts[shown], curve.continuum[shown], curve.fitted[shown]
    )


def _marks(spectrum: GasSpectrum, detected: Collection[str]) -> list[Mark]:
    """Return the rays of xenon, strongest first."""
    rays = [
        (line.intensity, line.energy_kev, name)
        for name in XENONS
        for line in nuclide(name).lines
        if line.kind is LineKind.GAMMA
        and line.intensity > LEAST_INTENSITY
        and line.energy_kev < LAST_KEV
    ]
    return [
        Mark(
            kev,
            f"{name} {kev:.1f}",
            style.PURPLE if name in detected else style.INK,
            float(np.interp(kev, spectrum.curve.energy_kev, spectrum.fwhm_kev)),
        )
        for _, kev, name in sorted(rays, reverse=True)
    ]


def _look(
    spectrum: GasSpectrum, span_kev: tuple[float, float], marks: list[Mark], words: Messages
) -> Look:
    """Return the close look at a window, named after its strongest ray."""
    low, high = span_kev
    inside = [one for one in marks if low < one.energy_kev < high]
    if not inside:
        soft = high < XRAYS_BELOW_KEV
        who = words("rn.cause.xray", nuclide="Xe").strip() if soft else f"{(low + high) / 2.0:.0f}"
        return Look(who, style.INK, span_kev, span_kev)
    first = inside[0]
    own = OWN_FWHM * first.fwhm_kev
    core = (first.energy_kev - own, first.energy_kev + own)
    return Look(first.text, first.colour, span_kev, core)
