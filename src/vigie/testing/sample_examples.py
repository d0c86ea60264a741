"""A made-up analysis of a radionuclide sample that has every kind of thing in it: no real data."""

from __future__ import annotations

from vigie.records import (
    Category,
    CharacteristicLimits,
    IsotopeRatio,
    LineEvidence,
    LineState,
    NuclideResult,
    Peak,
    PeakShare,
    QualityFlag,
    RatioKind,
    Reason,
    SampleAnalysis,
    ZeroTime,
    parse_iso,
)

_HEARD_NS = parse_iso("2020-02-28T07:00:00Z")


def nuclide_result(nuclide: str = "Ba-140", concentration: float = 55.2) -> NuclideResult:
    """Return the result of a nuclide that was found."""
    return NuclideResult(
        nuclide=nuclide,
        method="peaks",
        activity_bq=1.17,
        activity_sigma_bq=0.08,
        concentration=concentration,
        uncertainty=3.9,
        unit="uBq/m3",
        critical_level=4.1,
        mdc=8.6,
        detected=True,
        low=47.5,
        high=62.9,
        limits=CharacteristicLimits(
            decision_threshold=4.0,
            detection_limit=8.4,
            best_estimate=55.2,
            best_sigma=3.9,
            low=47.5,
            high=62.9,
        ),
        p_value=1e-12,
        probability=0.999,
        evidence=(
            LineEvidence(
                energy_kev=537.26,
                intensity=0.2439,
                expected_counts=820.0,
                observed_counts=811.5,
                observed_sigma=44.0,
                state=LineState.SEEN,
            ),
        ),
        mdc_line_kev=537.26,
        half_life_s=1_102_000.0,
        decay_factors=(1.0274, 1.0558, 1.0274),
        remarks=(Reason.of("category.one_unusual", nuclide=nuclide),),
    )


def sample_analysis(
    sample_id: str = "99202002280711P", *, results: tuple[NuclideResult, ...] | None = None
) -> SampleAnalysis:
    """Return the analysis of a particulate sample."""
    return SampleAnalysis(
        station="XEP99",
        detector="XEP99_001",
        sample_id=sample_id,
        technology="particulate",
        collection_start_ns=_HEARD_NS,
        collection_stop_ns=parse_iso("2020-02-29T07:00:00Z"),
        acquisition_start_ns=parse_iso("2020-03-01T07:15:00.25Z"),
        air_volume_m3=21543.75,
        nuclides=(nuclide_result(),) if results is None else results,
        peaks=(_peak(),),
        ratios=(
            IsotopeRatio(
                numerator="La-140",
                denominator="Ba-140",
                value=0.9,
                kind=RatioKind.BOUNDED,
                low=0.7,
                high=1.15,
                at_ns=_HEARD_NS,
            ),
        ),
        zero_times=(
            ZeroTime(
                numerator="La-140",
                denominator="Ba-140",
                scenario="parent_daughter",
                time_ns=_HEARD_NS,
                earliest_ns=None,
                latest_ns=_HEARD_NS + 1,
            ),
        ),
        covariance=((15.21,),),
        flags=(
            QualityFlag(
                name="ba140_mdc", passed=True, value=8.6, unit="uBq/m3", low=None, high=30.0
            ),
        ),
        category=Category(
            level="4",
            rule="one_relevant",
            rules_version="1",
            nuclides=("Ba-140",),
            reasons=(Reason.of("category.one_unusual", nuclide="Ba-140"),),
        ),
        inputs=(("sample", "00" * 32),),
        simulated=True,
        version="0.1.0",
    )


def _peak() -> Peak:
    return Peak(
        channel=1535.0,
        channel_sigma=0.06,
        energy_kev=537.25,
        energy_sigma_kev=0.03,
        area=811.5,
        area_sigma=44.0,
        fwhm_kev=1.32,
        baseline=610.0,
        critical_level=58.0,
        significance=18.0,
        chi2_reduced=1.02,
        multiplet=4,
        shares=(
            PeakShare(cause="nuclide", nuclide="Ba-140", line_kev=537.26, counts=811.5, sigma=44.0),
        ),
    )
