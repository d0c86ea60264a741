"""Analyses of samples, made by hand for tests of what comes after the analysis."""

from __future__ import annotations

from dataclasses import replace

from vigie.records import (
    Category,
    LineEvidence,
    LineState,
    NuclideResult,
    Peak,
    PeakShare,
    QualityFlag,
    Reason,
    SampleAnalysis,
    parse_iso,
)

NS_PER_H = 3_600_000_000_000
START_NS = parse_iso("2026-03-01T00:00:00Z")


def result(
    nuclide: str,
    concentration: float,
    *,
    sigma: float = 1.0,
    critical_level: float = 2.0,
    detected: bool | None = None,
    unit: str = "uBq/m3",
) -> NuclideResult:
    """Return a result of 20,000 m3 of air."""
    seen = concentration > critical_level if detected is None else detected
    return NuclideResult(
        nuclide=nuclide,
        method="peaks" if unit == "uBq/m3" else "likelihood",
        activity_bq=concentration * 0.02,
        activity_sigma_bq=sigma * 0.02,
        concentration=concentration,
        uncertainty=sigma,
        unit=unit,
        critical_level=critical_level,
        mdc=2.1 * critical_level,
        detected=seen,
        low=max(concentration - 1.96 * sigma, 0.0),
        high=concentration + 1.96 * sigma,
    )


def peak(energy_kev: float, area: float = 1000.0, *, nuclide: str = "") -> Peak:
    """Return a peak of a spectrum with 0.33 keV per channel; without a nuclide unexplained."""
    shares = (PeakShare(cause="nuclide", nuclide=nuclide, line_kev=energy_kev, counts=area),)
    return Peak(
        channel=energy_kev / 0.33,
        channel_sigma=0.05,
        energy_kev=energy_kev,
        energy_sigma_kev=0.02,
        area=area,
        area_sigma=area**0.5 + 5.0,
        fwhm_kev=0.9 + 0.03 * energy_kev**0.5,
        baseline=400.0,
        critical_level=40.0,
        significance=12.0,
        chi2_reduced=1.05,
        multiplet=1,
        shares=shares if nuclide else (),
    )


def sample(
    *nuclides: NuclideResult,
    station: str = "FRP31",
    day: int = 0,
    technology: str = "particulate",
    peaks: tuple[Peak, ...] = (),
) -> SampleAnalysis:
    """Return an analysis of a day's sample, with ordinary times."""
    start = START_NS + day * 24 * NS_PER_H
    return SampleAnalysis(
        station=station,
        detector=f"{station}_001",
        sample_id=f"31{20260301 + day % 28}0011{'G' if technology == 'particulate' else 'X'}",
        technology=technology,
        collection_start_ns=start,
        collection_stop_ns=start + 24 * NS_PER_H,
        acquisition_start_ns=start + 48 * NS_PER_H,
        air_volume_m3=20_000.0,
        nuclides=nuclides,
        peaks=peaks,
        version="0.1.0",
    )


def full_sample() -> SampleAnalysis:
    """Return an analysis that has something of everything."""
    cesium = replace(
        result("Cs-137", 9.31, sigma=1.2),
        probability=0.993,
        half_life_s=9.4799e8,
        decay_factors=(1.000032, 1.000063, 1.000032),
        mdc_line_kev=661.657,
        evidence=(
            LineEvidence(
                energy_kev=661.657,
                intensity=0.851,
                expected_counts=531.0,
                observed_counts=528.0,
                observed_sigma=59.0,
                state=LineState.SEEN,
            ),
        ),
    )
    beryllium = result("Be-7", 4321.0, sigma=88.0)
    barium = result("Ba-140", 0.7, critical_level=4.9, sigma=2.0)
    made = sample(
        beryllium,
        cesium,
        barium,
        peaks=(peak(477.604, 9000.0, nuclide="Be-7"), peak(661.66, 531.0, nuclide="Cs-137"),
               peak(1460.8, 18000.0, nuclide="K-40"), peak(987.6, 120.0)),
    )  # fmt: skip
    return replace(
        made,
        flags=(
            QualityFlag(
                name="collection_time", passed=True, value=24.0, unit="h", low=21.6, high=26.4
            ),
            QualityFlag(name="flow_rate", passed=True, value=833.3, unit="m3/h", low=500.0),
            QualityFlag(name="arrival_time", passed=None, value=None, unit="h", high=72.0),
            QualityFlag(name="be7_fwhm", passed=False, value=1.92, unit="keV", high=1.7),
        ),
        category=Category(
            level="4",
            rule="particulate.4",
            rules_version="1.0",
            reasons=(
                Reason.of("category.one_unusual", nuclide="Cs-137"),
                Reason.of("category.rarely_seen", nuclide="Cs-137", seen=1, n=365),
                Reason.of("category.unexplained_peaks", n=1),
            ),
        ),
        inputs=(("sample", "ab" * 32),),
    )
