"""Parameters of the analysis of peaks."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.errors import ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakParams:
    """How peaks are searched and fitted."""

    false_peaks: float = 0.3
    """Peaks that a spectrum of pure continuum may give, on average. The IDC asks for few false
    ones; 0.3 leaves room under 0.5 for what shape and edges add."""
    search_z: float = 3.0
    """Significance from which a candidate is fitted; the decision is the fit's."""
    merge_fwhm: float = 4.0
    """Peaks closer than this are fitted together (Genie-era IDC processing: 4)."""
    side_fwhm: float = 4.0
    """Baseline taken in on both sides of a group."""
    max_group: int = 14
    """Peaks of one fit; a larger group is cut at its widest gap."""
    max_passes: int = 8
    """Rounds of fit and search in the residual."""
    shape_error: float = 0.015
    """Share of a strong peak's counts by which its shape may be wrong: no hidden peak is believed
    that could be that."""
    strong_area: float = 100.0
    """Area from which a peak's width and tails are let free, within the law's scatter."""
    recalibrate: bool = True
    """Whether energies are adjusted to natural lines of the sample."""
    low_kev: float = 0.0
    """Nothing below is searched; the detector's threshold is found in the spectrum."""

    def __post_init__(self) -> None:
        for name in ("false_peaks", "search_z", "merge_fwhm", "side_fwhm", "max_group"):
            if not getattr(self, name) > 0.0:
                raise ParameterError(name=name, value=getattr(self, name), expected="above 0")
        if not 0.0 <= self.shape_error < 1.0:
            raise ParameterError(
                name="shape_error", value=self.shape_error, expected="a share from 0 to 1"
            )
