"""A gamma spectrum with its fitted peaks: the whole on a logarithmic scale, and what matters near.

Below the whole spectrum stand close looks, each with the residuals of the fit in standard
deviations: first at peaks that nothing explains, then at those of nuclides that are no part of
the natural background, then at the strongest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.i18n import messages
from vigie.products.figures import style
from vigie.products.figures.drawing import Drawing
from vigie.products.figures.spectrum_panels import Look, Mark, SpectrumCurve, spectrum_figure
from vigie.products.figures.words import figure_words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from vigie.i18n import Messages
    from vigie.records import Peak

MOST_LOOKS = 6
HALF_WIDTH_FWHM = 9.0
"""Of a close look, on either side of its peak."""
OWN_FWHM = 0.6
"""On either side of a centroid, what is that peak's and not yet a neighbour's."""
LEGEND = (
    ("rn.figure.counts", style.FAINT),
    ("rn.figure.continuum", style.ORANGE),
    ("rn.figure.fit", style.BLUE),
    ("rn.figure.unexplained", style.VERMILION),
)


def spectrum_plot(
    curve: SpectrumCurve,
    peaks: Sequence[Peak],
    *,
    title: str,
    marked: Collection[str] = (),
    language: str = "en",
) -> Drawing:
    """Draw a spectrum.

    Parameters
    ----------
    curve : SpectrumCurve
    peaks : sequence of Peak
    title : str
    marked : collection of str
        Nuclides that stand out: peaks that are mostly theirs are drawn in colour and looked at
        closely.
    language : str
        Of the words, as far as there are letters for it (`figure_language`).
    """
    words = figure_words(language)
    foremost = sorted(peaks, key=lambda p: _weight(p, marked), reverse=True)
    marks = [_mark(peak, marked, words) for peak in foremost]
    looks = [_look(peak, marked, words) for peak in _worth_a_look(foremost)]
    legend = [*LEGEND, *([("rn.figure.relevant", style.PURPLE)] if marked else [])]
    figure = spectrum_figure(curve, marks, looks, legend, language=language, title=title)
    unexplained = sum(not p.explained for p in peaks)
    alt = messages(language)("rn.figure.spectrum", peaks=len(peaks), unexplained=unexplained)
    return Drawing("spectrum", title, alt, figure)


def _names(peak: Peak, words: Messages) -> str:
    """Return what a label says: who explains most of the peak (or might), and its energy."""
    if not peak.explained:
        return f"{'/'.join(peak.suggested)}? {peak.energy_kev:.1f}"
    top = max(peak.shares, key=lambda s: s.counts)
    who = top.nuclide
    if top.cause not in {"nuclide", "background"}:
        who = words(f"rn.cause.{top.cause}", nuclide=who).strip()
    return f"{who} {peak.energy_kev:.1f}".strip()


def _colour(peak: Peak, marked: Collection[str]) -> str:
    if not peak.explained:
        return style.VERMILION
    top = max(peak.shares, key=lambda s: s.counts)
    if top.cause == "nuclide" and top.nuclide in marked:
        return style.PURPLE
    return style.INK


def _weight(peak: Peak, marked: Collection[str]) -> tuple[int, float]:
    """Order of importance: unexplained, marked, the rest by significance."""
    rank = {style.VERMILION: 2, style.PURPLE: 1}.get(_colour(peak, marked), 0)
    return rank, peak.significance


def _mark(peak: Peak, marked: Collection[str], words: Messages) -> Mark:
    return Mark(peak.energy_kev, _names(peak, words), _colour(peak, marked), peak.fwhm_kev)


def _look(peak: Peak, marked: Collection[str], words: Messages) -> Look:
    kev, half, own = peak.energy_kev, HALF_WIDTH_FWHM * peak.fwhm_kev, OWN_FWHM * peak.fwhm_kev
    span, core = (kev - half, kev + half), (kev - own, kev + own)
    return Look(_names(peak, words), _colour(peak, marked), span, core)


def _worth_a_look(foremost: Sequence[Peak]) -> list[Peak]:
    """Return the peaks of the close looks by energy, none twice in one look."""
    chosen: list[Peak] = []
    for peak in foremost:
        apart = [abs(peak.energy_kev - c.energy_kev) > 6.0 * c.fwhm_kev for c in chosen]
        if all(apart):
            chosen.append(peak)
        if len(chosen) == MOST_LOOKS:
            break
    return sorted(chosen, key=lambda p: p.energy_kev)
