"""Figures of radionuclide samples: what they show, by their data."""

import numpy as np
import pytest

from vigie.products.figures.coincidence_plane import coincidence_plane
from vigie.products.figures.gamma_spectrum import MOST_LOOKS, SpectrumCurve, spectrum_plot
from vigie.products.figures.sample_history import NuclideSeries, sample_history
from vigie.products.figures.xenon_ratios import PlottedSample, xenon_ratio_plot
from vigie.records import IsotopeRatio, Peak, PeakShare, RatioKind, RegionLimits

LINE = (1e-6, 4.4388)


def a_peak(energy_kev: float, nuclide: str = "", significance: float = 10.0) -> Peak:
    share = PeakShare(cause="nuclide", nuclide=nuclide, line_kev=energy_kev, counts=500.0)
    return Peak(
        channel=energy_kev,
        channel_sigma=0.1,
        energy_kev=energy_kev,
        energy_sigma_kev=0.05,
        area=500.0,
        area_sigma=30.0,
        fwhm_kev=1.5,
        baseline=100.0,
        critical_level=20.0,
        significance=significance,
        chi2_reduced=1.0,
        multiplet=0,
        shares=(share,) if nuclide else (),
    )


def a_curve() -> SpectrumCurve:
    energy = np.arange(2000.0)
    continuum = 1000.0 * np.exp(-energy / 400.0) + 1.0
    return SpectrumCurve(energy, continuum.round(), continuum, continuum)


def a_ratio(kind: RatioKind, low: float | None, high: float | None) -> IsotopeRatio:
    value = 2.0 if kind is RatioKind.BOUNDED else None
    return IsotopeRatio(numerator="a", denominator="b", value=value, kind=kind, low=low, high=high)


def test_unexplained_and_marked_peaks_are_looked_at_before_stronger_ones() -> None:
    strong = [a_peak(100.0 * k, "K-40", significance=100.0 + k) for k in range(1, 12)]
    odd = [a_peak(1234.0), a_peak(1350.0, "Ba-140")]
    drawing = spectrum_plot(a_curve(), [*strong, *odd], title="s", marked={"Ba-140"})
    titles = [axes.get_title(loc="left") for axes in drawing.figure.axes]
    looks = [title for title in titles if title]
    assert len(looks) == MOST_LOOKS
    assert "? 1234.0" in looks
    assert "Ba-140 1350.0" in looks
    assert "1 of them unexplained" in drawing.alt


def test_a_spectrum_without_peaks_is_drawn_whole() -> None:
    drawing = spectrum_plot(a_curve(), [], title="empty")
    assert len(drawing.figure.axes) == 1
    assert drawing.svg().startswith("<?xml")


@pytest.mark.parametrize("top", [0, 3, 500])
def test_the_coincidence_plane_names_its_regions(top: int) -> None:
    counts = np.zeros((16, 20))
    counts[4, 5] = top
    region = RegionLimits(roi=5, beta_low=100.0, beta_high=160.0, gamma_low=20.0, gamma_high=40.0)
    edges = np.linspace(0.0, 600.0, 21), np.linspace(0.0, 500.0, 17)
    drawing = coincidence_plane(counts, *edges, [region], title="x")
    words = [text.get_text() for axes in drawing.figure.axes for text in axes.texts]
    assert words == ["5 Xe-131m"]
    assert drawing.alt.startswith(f"{top} coincidences")
    assert drawing.png(dpi=40)[:4] == b"\x89PNG"


def test_ratios_of_which_nothing_is_known_are_not_drawn() -> None:
    unknown = a_ratio(RatioKind.UNBOUNDED, None, None)
    sample = PlottedSample("s", unknown, unknown)
    assert xenon_ratio_plot([sample], LINE, title="t", source="x") is None


@pytest.mark.parametrize(
    ("kind", "low", "high", "markers"),
    [
        (RatioKind.BOUNDED, 1.0, 4.0, set()),
        (RatioKind.LOWER, 1.0, None, {">"}),
        (RatioKind.UPPER, None, 4.0, {"<"}),
    ],
)
def test_unbounded_ratios_end_in_arrows(
    kind: RatioKind, low: float | None, high: float | None, markers: set[str]
) -> None:
    sample = PlottedSample("s", a_ratio(kind, low, high), a_ratio(RatioKind.BOUNDED, 1.0, 4.0))
    drawing = xenon_ratio_plot([sample], LINE, title="t", source="x")
    assert drawing is not None
    found = {str(line.get_marker()) for line in drawing.figure.axes[0].lines}
    assert found & {"<", ">"} == markers


def test_the_history_tells_detections_from_limits() -> None:
    when = np.arange(4) * 86_400_000_000_000
    series = NuclideSeries(
        nuclide="Xe-133",
        unit="mBq/m3",
        time_ns=when,
        concentration=np.array([1.0, 0.1, 2.0, 30.0]),
        uncertainty=np.full(4, 0.1),
        critical_level=np.full(4, 0.5),
        detected=np.array([True, False, True, True]),
        unusual=np.array([False, False, False, True]),
        quantiles=((0.5, 1.0),),
        upper=10.0,
    )
    drawing = sample_history([series], title="SEX63")
    assert drawing is not None
    axes = drawing.figure.axes[0]
    lengths = {str(line.get_label()): len(line.get_xdata()) for line in axes.lines}
    assert lengths["not detected: below L_C"] == 1
    assert axes.get_yscale() == "log"
    assert "3 detections" in drawing.alt
    assert sample_history([], title="none") is None
