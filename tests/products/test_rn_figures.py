"""Figures of radionuclide samples: what they show, by their data."""

import warnings
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from vigie.i18n import SPOKEN, messages
from vigie.products.figures import words
from vigie.products.figures.coincidence_plane import coincidence_plane
from vigie.products.figures.drawing import Drawing
from vigie.products.figures.gamma_spectrum import MOST_LOOKS, spectrum_plot
from vigie.products.figures.sample_history import NuclideSeries, sample_history
from vigie.products.figures.spectrum_panels import SpectrumCurve
from vigie.products.figures.xenon_ratios import PlottedSample, xenon_ratio_plot
from vigie.products.figures.xenon_spectrum import GasSpectrum, xenon_spectrum
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


def test_a_close_look_is_scaled_to_the_peak_that_it_names() -> None:
    energy = np.arange(400.0, 600.0, 0.4)
    strong = 1e5 * np.exp(-0.5 * ((energy - 477.6) / 0.6) ** 2)
    weak = 80.0 * np.exp(-0.5 * ((energy - 486.8) / 0.6) ** 2)
    continuum = np.full_like(energy, 200.0)
    fitted = continuum + strong + weak
    curve = SpectrumCurve(energy, fitted.round(), continuum, fitted)
    peaks = [a_peak(477.6, "Be-7", 400.0), a_peak(486.8, "La-140")]
    drawing = spectrum_plot(curve, peaks, title="s", marked={"La-140"})
    limits = {a.get_title(loc="left"): a.get_ylim() for a in drawing.figure.axes}
    low, high = limits["La-140 486.8"]
    assert 100.0 < low < 200.0
    assert 280.0 < high < 400.0
    assert limits["Be-7 477.6"][1] > 9e4


def test_a_spectrum_without_peaks_is_drawn_whole() -> None:
    drawing = spectrum_plot(a_curve(), [], title="empty")
    assert len(drawing.figure.axes) == 1
    assert drawing.svg().startswith("<?xml")


def a_gas_spectrum(*, fitted: bool = True) -> GasSpectrum:
    """Return a spectrum of Xe-133 whose windows alone are fitted."""
    energy = np.arange(5.0, 800.0, 0.1)
    flat = np.full_like(energy, 50.0)
    peak = 200.0 * np.exp(-0.5 * ((energy - 81.0) / 0.45) ** 2)
    windows = ((26.0, 38.0), (70.0, 91.0), (244.0, 256.0))
    inside = np.any([(energy > low) & (energy < high) for low, high in windows], axis=0) & fitted
    curve = SpectrumCurve(
        energy, flat + peak, np.where(inside, flat, np.nan), np.where(inside, flat + peak, np.nan)
    )
    return GasSpectrum(curve, windows, np.ones_like(energy))


@pytest.mark.parametrize("fitted", [True, False])
def test_the_spectrum_of_a_gas_looks_closely_at_each_window(fitted: bool) -> None:
    drawing = xenon_spectrum(a_gas_spectrum(fitted=fitted), title="g", detected={"Xe-133"})
    looks = [t for axes in drawing.figure.axes if (t := axes.get_title(loc="left"))]
    assert looks == ["X rays Xe", "Xe-133 81.0", "Xe-135 249.8"]
    limits = {a.get_title(loc="left"): a.get_ylim() for a in drawing.figure.axes}
    assert 240.0 < limits["Xe-133 81.0"][1] < 320.0
    assert limits["Xe-135 249.8"][1] < 120.0
    assert "3 windows" in drawing.alt
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert drawing.png(dpi=40)[:4] == b"\x89PNG"


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


def a_series() -> NuclideSeries:
    when = np.arange(4) * 86_400_000_000_000
    return NuclideSeries(
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


def test_the_history_tells_detections_from_limits() -> None:
    drawing = sample_history([a_series()], title="SEX63")
    assert drawing is not None
    axes = drawing.figure.axes[0]
    lengths = {str(line.get_label()): len(line.get_xdata()) for line in axes.lines}
    assert lengths["not detected: below L_C"] == 1
    assert axes.get_yscale() == "log"
    assert "3 detections" in drawing.alt
    assert sample_history([], title="none") is None


def spectrum_in(language: str) -> Drawing:
    peaks = [a_peak(1234.0), a_peak(1350.0, "Ba-140")]
    return spectrum_plot(a_curve(), peaks, title="s", marked={"Ba-140"}, language=language)


def plane_in(language: str) -> Drawing:
    edges = np.linspace(0.0, 600.0, 21), np.linspace(0.0, 500.0, 17)
    return coincidence_plane(np.ones((16, 20)), *edges, [], title="x", language=language)


def ratios_in(language: str) -> Drawing:
    known = a_ratio(RatioKind.BOUNDED, 1.0, 4.0)
    sample = PlottedSample("s", known, known)
    drawing = xenon_ratio_plot([sample], LINE, title="t", source="x", language=language)
    assert drawing is not None
    return drawing


def test_the_times_of_the_history_are_numbers() -> None:
    drawing = sample_history([a_series()], title="SEX63", language="fr")
    assert drawing is not None
    drawing.figure.draw_without_rendering()
    (axes,) = drawing.figure.axes
    labels = [label.get_text() for label in axes.get_xticklabels() if label.get_text()]
    assert labels
    assert not any(letter.isalpha() for label in labels for letter in label)


def history_in(language: str) -> Drawing:
    drawing = sample_history([a_series()], title="SEX63", language=language)
    assert drawing is not None
    return drawing


def written_in(drawing: Drawing) -> set[str]:
    """Return all words of a figure's axes, legends and labels."""
    from matplotlib.text import Text

    return {text.get_text() for text in drawing.figure.findobj(Text)} - {""}


SAID: list[tuple[Callable[[str], Drawing], set[str]]] = [
    (
        spectrum_in,
        {"energy", "counts_per_channel", "counts", "continuum", "fit", "unexplained", "relevant"},
    ),
    (plane_in, {"electron_energy", "photon_energy", "counts", "coincidences_per_cell"}),
    (ratios_in, {"explosion_side", "reactor_side"}),
    (history_in, {"not_detected", "detected", "detected_unusual", "quantiles", "usual_end"}),
]


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize(("draw", "codes"), SAID)
def test_figures_speak_the_language_as_far_as_there_are_letters(
    draw: Callable[[str], Drawing], codes: set[str], language: str
) -> None:
    drawing = draw(language)
    spoken = words.figure_language(language)
    assert spoken in {language, "en"}
    told = {messages(spoken)(f"rn.figure.{code}") for code in codes}
    assert told <= written_in(drawing)
    if spoken != "en":
        english = {messages("en")(f"rn.figure.{code}") for code in codes}
        assert not english & written_in(drawing)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert drawing.png(dpi=40)
        assert drawing.svg()


@pytest.mark.parametrize(("draw", "codes"), SAID)
def test_what_a_figure_shows_is_told_in_the_language_of_the_page(
    draw: Callable[[str], Drawing], codes: set[str]
) -> None:
    assert codes
    assert len({draw(language).alt for language in SPOKEN}) == len(SPOKEN)


@pytest.mark.parametrize(
    ("language", "name", "nothing"), [("zh", "_han_font", ""), ("ar", "_joins_letters", False)]
)
def test_figures_are_in_english_where_there_are_no_letters(
    monkeypatch: pytest.MonkeyPatch, language: str, name: str, nothing: str | bool
) -> None:
    monkeypatch.setattr(words, name, lambda: nothing)
    assert words.figure_language(language) == "en"
    assert words.figure_fonts(language) == ("sans-serif",)
    assert "energy, keV" in written_in(spectrum_in(language))
    monkeypatch.setattr(words, name, lambda: "DejaVu Sans")
    assert words.figure_language(language) == language


def test_regional_languages_are_those_they_belong_to() -> None:
    assert words.figure_language("fr-CA") == "fr"


@pytest.mark.parametrize("language", SPOKEN)
def test_what_explains_a_peak_is_said_with_or_without_its_nuclide(language: str) -> None:
    cause = messages(language)("rn.cause.single_escape", nuclide="").strip()
    bare = a_peak(1592.5, "Tl-208").shares[0]
    for name in ("", "Tl-208"):
        share = replace(bare, cause="single_escape", nuclide=name)
        peak = replace(a_peak(2103.5), shares=(share,))
        drawing = spectrum_plot(a_curve(), [peak], title="s", language=language)
        spoken = messages(words.figure_language(language))
        told = spoken("rn.cause.single_escape", nuclide=name).strip()
        assert cause
        assert f"{told} 2103.5" in written_in(drawing)
