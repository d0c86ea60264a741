"""Sections of the measurement: peaks, regions, parameters, calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.products.radionuclide.blocks import (
    Cell,
    Code,
    Listed,
    Moment,
    Number,
    Part,
    Section,
    Sentences,
    Slot,
    Term,
    pairs,
    table,
)
from vigie.records.reason import Reason

if TYPE_CHECKING:
    from vigie.products.radionuclide.report import RadionuclideReport
    from vigie.records.nuclide_result import Peak, SampleAnalysis


def peak_section(analysis: SampleAnalysis) -> Section:
    """Return all peaks with what explains them; those that nothing explains are named first."""
    if not analysis.peaks:
        return Section(name="peaks", block="Peaks", parts=(Slot(name="peaks"),))
    columns = (
        ("energy", "keV"), "channel", "area", "area_sigma", ("fwhm", "keV"), "continuum",
        "critical_level_counts", "detectability", "explained_by",
    )  # fmt: skip
    odd = [p for p in analysis.peaks if not p.explained]
    energies = ", ".join(f"{p.energy_kev:.2f}" for p in odd)
    told = (
        (Reason.of("rn.unexplained", n=len(odd), energies=energies),)
        if odd
        else (Reason.of("rn.all_explained"),)
    )
    return Section(
        name="peaks",
        block="Peaks",
        parts=(
            Sentences(told=told),
            table("peaks", columns, (_peak(p) for p in analysis.peaks)),
            Slot(name="peaks"),
        ),
    )


def _peak(p: Peak) -> tuple[Cell, ...]:
    return (
        Number(value=p.energy_kev, sigma=max(p.energy_sigma_kev, 1e-3)),
        Number(value=p.channel, sigma=max(p.channel_sigma, 1e-3)),
        Number(value=p.area, sigma=p.area_sigma),
        Number(value=p.area_sigma, sigma=p.area_sigma),
        Number(value=p.fwhm_kev, digits=3),
        Number(value=p.baseline),
        Number(value=p.critical_level, digits=3),
        Number(value=p.detectability, digits=3),
        explained_by(p),
    )


def explained_by(p: Peak) -> Listed:
    """Return what explains a peak, largest share first: nuclides by name, the rest as causes.

    Examples
    --------
    >>> from vigie.records import Peak, PeakShare
    >>> bare = dict(channel=1.0, channel_sigma=0.1, energy_kev=511.0, energy_sigma_kev=0.1,
    ...     area=9.0, area_sigma=3.0, fwhm_kev=2.0, baseline=1.0, critical_level=4.0,
    ...     significance=3.0, chi2_reduced=1.0, multiplet=0)
    >>> explained_by(Peak(**bare, shares=(PeakShare(cause="annihilation"),))).items[0].code
    'rn.cause.annihilation'
    """
    items: list[Code | Reason] = []
    for share in sorted(p.shares, key=lambda s: -s.counts):
        if share.cause == "nuclide":
            items.append(Code(share.nuclide))
        else:
            items.append(Reason.of(f"rn.cause.{share.cause}", nuclide=share.nuclide))
    if p.suggested:
        items.append(Reason.of("rn.perhaps", nuclides="/".join(p.suggested)))
    return Listed(tuple(dict.fromkeys(items)))


def region_section(report: RadionuclideReport) -> Section:
    """Return the regions of a beta-gamma sample."""
    if not report.regions:
        return Section(name="regions", block="NetCounts", parts=(Slot(name="histogram"),))
    columns = (
        "roi", "nuclide", "gross", "background", "net", "net_sigma", "critical_level_counts",
    )  # fmt: skip
    rows = (
        (
            Number(value=float(r.roi), digits=1),
            Code(r.nuclide),
            Number(value=r.gross, decimals=1),
            Number(value=r.background, sigma=r.net_sigma),
            Number(value=r.net, sigma=r.net_sigma),
            Number(value=r.net_sigma, sigma=r.net_sigma),
            Number(value=r.critical_level, digits=3),
        )
        for r in report.regions
    )
    parts = (table("regions", columns, rows), Slot(name="histogram"))
    return Section(name="regions", block="NetCounts", parts=parts)


def parameter_section(report: RadionuclideReport) -> Section:
    """Return the parameters of processing and of the calibration's update."""
    parts = tuple(
        table(name, ("parameter", "value"), ((Code(k), Code(v)) for k, v in values))
        for name, values in (("parameters", report.parameters), ("updates", report.updates))
        if values
    )
    return Section(name="parameters", block="ProcessingParameters", parts=parts)


def calibration_section(report: RadionuclideReport) -> Section:
    """Return the calibration equations with their coefficients."""
    rows = tuple(
        (
            Term(f"quantity.{one.quantity}"),
            Code(one.form),
            Code(" ".join(f"{c:.7g}" for c in one.coefficients)),
            Term(one.unit),
        )
        for one in report.equations
    )
    parts: list[Part] = []
    if rows:
        columns = ("quantity", "equation", "coefficients", "unit")
        parts.append(table("equations", columns, rows))
    message = report.message
    if message is not None and message.gamma_calibration.calibrated_ns is not None:
        parts.insert(0, pairs(("calibrated", Moment(message.gamma_calibration.calibrated_ns))))
    held: tuple[Part, ...] = (*parts, Slot(name="calibration"))
    return Section(name="calibration", block="Calibration", parts=held)
