"""Rows of the tables, spectra and histogram of a message that is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.errors import UnwritableError
from vigie.formats.ims_radionuclide import _layouts
from vigie.records import format_iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vigie.records import (
        Calibration,
        CalibrationPoint,
        InterferenceRatio,
        PulseHeight,
        RegionEfficiency,
        RegionLimits,
        Spectrum,
    )

COUNTS_PER_ROW = 5
_OWN_REGIONS = range(7, 11)
"""Regions whose number is appended to the label of Xe-133, as all files seen have it."""


def number(value: float) -> str:
    """Return a number with as few digits as give it back; whole numbers without a point."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def time(time_ns: int) -> str:
    """Return ``2021/12/02 17:00:54.4``: one digit after the point, or as many as are needed."""
    fraction = f"{time_ns % 10**9:09d}".rstrip("0")
    iso = format_iso(time_ns, digits=max(len(fraction), 1))
    return iso.removesuffix("Z").replace("T", " ").replace("-", "/")


def _row(*values: float | None) -> str:
    return " ".join(number(value) for value in values if value is not None)


def calibration_blocks(message: PulseHeight) -> Iterator[str]:
    """Yield the calibration of both axes.

    Raises
    ------
    UnwritableError
        It holds coefficients, or total efficiencies of the beta axis.
    """
    gamma, beta = message.gamma_calibration, message.beta_calibration
    _refuse_coefficients(gamma)
    _refuse_coefficients(beta)
    if beta.total_efficiency:
        raise UnwritableError(
            format="A message of pulse-height data",
            what="total efficiencies of the beta axis",
            remedy="Leave them out.",
        )
    tables = (
        ("g_Energy", gamma.energy),
        ("b_Energy", beta.energy),
        ("g_Resolution", gamma.resolution),
        ("b_Resolution", beta.resolution),
        ("g_Efficiency", gamma.efficiency),
        ("b_Efficiency", beta.efficiency),
        ("TotalEff", gamma.total_efficiency),
    )
    for name, points in tables:
        if points:
            yield f"#{name}"
            yield from (_point(point) for point in points)


def _refuse_coefficients(calibration: Calibration) -> None:
    if calibration.energy_coefficients_kev:
        raise UnwritableError(
            format="A message of pulse-height data",
            what="an energy calibration as coefficients",
            remedy="Give points of the curve (energy, channel) instead.",
        )


def _point(point: CalibrationPoint) -> str:
    mode = f" {point.mode}" if point.mode else ""
    return f"{number(point.energy_kev)}{mode} {_row(point.value, point.sigma)}"


def region_rows(regions: Iterable[RegionLimits]) -> Iterator[str]:
    """Yield a row for each region: its number, the limits of beta, those of gamma."""
    for one in regions:
        yield f"{one.roi} {_row(one.beta_low, one.beta_high, one.gamma_low, one.gamma_high)}"


def efficiency_rows(efficiencies: Iterable[RegionEfficiency]) -> Iterator[str]:
    """Yield a row for each nuclide and region."""
    for one in efficiencies:
        label = one.nuclide.replace("Xe", "XE")
        if one.nuclide == "Xe-133" and one.roi in _OWN_REGIONS:
            label += str(one.roi)
        yield f"{label} {one.roi} {_row(one.efficiency, one.sigma)}"


def ratio_rows(ratios: Iterable[InterferenceRatio]) -> Iterator[str]:
    """Yield a row for each interference ratio."""
    for one in ratios:
        name = one.name
        if name.split() != [name] or name.startswith("#"):
            raise UnwritableError(
                format="A message of pulse-height data",
                what=f"{name!r} as the name of a ratio",
                remedy="Make it one word.",
            )
        yield f"{name} {one.roi_high} {one.roi_low} {_row(one.ratio, one.sigma)}"


def spectrum_rows(spectrum: Spectrum) -> Iterator[str]:
    """Yield size and span, then rows of a channel number and five counts."""
    counts = spectrum.counts.tolist()
    yield _row(len(counts), spectrum.energy_span_kev)
    for k in range(0, len(counts), COUNTS_PER_ROW):
        row = counts[k : k + COUNTS_PER_ROW]
        yield " ".join(map(str, (k + spectrum.first_channel, *row)))


def histogram_rows(message: PulseHeight) -> Iterator[str]:
    """Yield sizes and spans, then a row of counts for each gamma channel.

    Raises
    ------
    UnwritableError
        Its spans are not those of the singles, so that its axes could not be told apart.
    """
    histogram = message.histogram
    if histogram is None:
        return
    n_gamma, n_beta = histogram.counts.shape
    gamma_span, beta_span = histogram.gamma_span_kev, histogram.beta_span_kev
    spans = ((message.gamma, gamma_span), (message.beta, beta_span))
    if any(s is not None and s.energy_span_kev not in (None, span) for s, span in spans):
        raise UnwritableError(
            format="A message of pulse-height data",
            what="a histogram with other spans than those of the singles",
            remedy="Give them the same full scale.",
        )
    head = [(n_gamma, n_beta), (gamma_span, beta_span)]
    if not _layouts.HISTOGRAM_GAMMA_FIRST:
        head = [(second, first) for first, second in head]
    yield _row(*head[0], *head[1])
    rows = histogram.counts if _layouts.HISTOGRAM_BETA_FASTEST else histogram.counts.T
    yield from (" ".join(map(str, row)) for row in rows.tolist())
