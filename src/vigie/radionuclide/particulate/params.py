"""How a particulate sample is analysed."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.errors import ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticulateParams:
    """Parameters of identification, activities and limits."""

    tolerance_kev: float = 0.4
    """A line may be this far from a peak (Genie-era processing of the IDC)."""
    tolerance_sigmas: float = 3.0
    """Or this many errors of the peak's energy."""
    energy_error_kev: float = 0.07
    """Of line energies and of what is left of the calibration, added to the peak's error where
    energies decide between lines."""
    keep_drop: float = 2.7
    """A nuclide stays in the solution if twice the log-likelihood falls by more without it."""
    detect_sigmas: float = 3.6
    """A relevant nuclide is called detected from this many standard errors: with some 100 nuclides
    looked for in each spectrum, 5 % each would give five false ones."""
    natural_sigmas: float = 2.6
    """The same, of natural nuclides, which are expected: some 20 are looked for."""
    own_share: float = 0.5
    """Share of a peak that a nuclide must explain for the peak to be its own."""
    own_sigmas: float = 2.5
    """Significance of a nuclide's share in its own peak."""
    longest_half_lives: float = 12.0
    """A nuclide that has decayed for more, and that nothing feeds, is not looked for."""
    efficiency_error: float = 0.03
    """Relative error of a line's expected counts, for lines of the filter, beyond what the
    calibration states: self-absorption, summing, intensities."""
    ambient_error: float = 0.25
    """The same for lines of the surroundings, which come through matter that nobody knows."""
    around_unknown_error: float = 0.4
    """Both at once."""
    unknown_efficiency_error: float = 0.3
    """The same where no efficiency is stated and a usual germanium detector's is assumed."""
    summing_error: float = 0.1
    """Relative error of a correction for coincidence summing."""
    volume_error: float = 0.0
    """Relative error of the air volume; stations state none."""
    k: float = 1.6448536269514722
    """Quantile of L_C, MDC and characteristic limits: 5 % on each side."""
    window_fwhm: float = 1.25
    """Half-width of the window of L_C and MDC, in FWHM."""
    least_line: float = 1e-4
    """Lines weaker than this share of a nuclide's strongest, in expected counts, are left out."""
    telling_line: float = 0.05
    """A line is looked for where no peak is when it shows at least this well beside the best."""
    also: tuple[str, ...] = (
        "Am-241",
        "Bi-207",
        "Bi-211",
        "Bi-212",
        "Cd-109",
        "Eu-154",
        "Ga-67",
        "In-111",
        "Lu-176",
        "Lu-177",
        "Pb-211",
        "Ra-223",
        "Rn-219",
        "Th-227",
        "Tl-208",
        "Xe-133",
    )
    """Nuclides looked for besides those of the lists: natural series, calibration, medicine."""

    def __post_init__(self) -> None:
        for name in ("tolerance_kev", "keep_drop", "detect_sigmas", "k", "window_fwhm"):
            if not getattr(self, name) > 0.0:
                raise ParameterError(name=name, value=getattr(self, name), expected="above 0")
        for name in ("efficiency_error", "ambient_error", "summing_error", "volume_error"):
            if not 0.0 <= getattr(self, name) < 1.0:
                value = getattr(self, name)
                raise ParameterError(name=name, value=value, expected="a share from 0 to 1")
