"""What is told of a spectrum's peaks: those without an explanation, and what they look like."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.radionuclide.particulate.energies import doubt_of_energies
from vigie.records import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.radionuclide.particulate.strangers import Suggestion
    from vigie.radionuclide.peaks import PeakAnalysis
    from vigie.records import Peak

MOST_TOLD = 20
MOST_ENERGIES = 6
"""Of a suggestion, those of its clearest peaks."""


def with_suggestions(
    peaks: tuple[Peak, ...], suggested: tuple[Suggestion, ...]
) -> tuple[Peak, ...]:
    """Return the peaks, each with the nuclides that are suggested for it."""
    names: dict[int, tuple[str, ...]] = {}
    for one in suggested:
        for index in one.peaks:
            names[index] = (*names.get(index, ()), one.nuclide, *one.alike)
    return tuple(
        replace(peak, suggested=tuple(dict.fromkeys(names[k]))) if k in names else peak
        for k, peak in enumerate(peaks)
    )


def doubt_of(
    peaks: tuple[Peak, ...], unexplained: Sequence[int], analysis: PeakAnalysis
) -> Reason | None:
    """Return why the energies cannot be believed; a scintillator's peaks do not tell.

    Peaks that look like a nuclide lie where they should: they speak for the energies.
    """
    if analysis.model.widths().low:
        return None
    odd = [index for index in unexplained if not peaks[index].suggested]
    return doubt_of_energies(peaks, odd, analysis.remarks)


def told_of_peaks(
    peaks: tuple[Peak, ...],
    unexplained: tuple[tuple[int, float], ...],
    suggested: tuple[Suggestion, ...],
    analysis: PeakAnalysis,
) -> tuple[Reason, ...]:
    """Return what is told of the fit, of suggestions and of peaks without an explanation.

    Parameters
    ----------
    peaks : tuple of Peak
    unexplained : tuple of (int, float)
        Index of a peak, and the counts that nothing explains.
    suggested : tuple of Suggestion
    analysis : PeakAnalysis
    """
    out = [*analysis.remarks, *(_perhaps(peaks, one) for one in suggested)]
    for index, counts in unexplained[:MOST_TOLD]:
        energy, area = peaks[index].energy_kev, peaks[index].area
        params = {"energy_kev": energy, "counts": counts, "area": area}
        out.append(Reason.of("particulate.unexplained_peak", **params))
    if len(unexplained) > MOST_TOLD:
        rest = float(len(unexplained) - MOST_TOLD)
        out.append(Reason.of("particulate.more_unexplained", peaks=rest))
    if analysis.model.efficiency is not None and analysis.model.total_efficiency is None:
        out.append(Reason.of("particulate.no_total_efficiency"))
    return tuple(out)


def _perhaps(peaks: tuple[Peak, ...], one: Suggestion) -> Reason:
    """Return the sentence of a suggestion, with the energies of its clearest peaks."""
    clearest = sorted(one.peaks, key=lambda k: -peaks[k].significance)[:MOST_ENERGIES]
    energies = ", ".join(f"{peaks[k].energy_kev:.1f}" for k in sorted(clearest))
    more = ", …" if len(one.peaks) > MOST_ENERGIES else ""
    names = "/".join((one.nuclide, *one.alike))
    return Reason.of("particulate.perhaps", nuclide=names, energies=energies + more)
