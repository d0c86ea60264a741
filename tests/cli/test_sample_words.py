"""Words of what is printed of samples: tables of any script, check measurements in a language."""

from dataclasses import replace

import pytest

from vigie.cli.sample_checks import check_rows
from vigie.cli.sample_table import table_rows
from vigie.cli.sample_text import gas_text, sample_text
from vigie.i18n import SPOKEN
from vigie.pipeline.radionuclide.checks import DetectorChecks
from vigie.products.radionuclide.page import page
from vigie.products.radionuclide.report import RadionuclideReport
from vigie.products.radionuclide.sample_sections import sample_document
from vigie.radionuclide.judge import ControlPoint, watch
from vigie.radionuclide.judge.flags import FlagLimit, check
from vigie.records import IsotopeRatio, RatioKind
from vigie.testing.sample_examples import sample_analysis

DAY_NS = 86_400_000_000_000


def checks(values: list[float]) -> DetectorChecks:
    points = tuple(
        ControlPoint(time_ns=DAY_NS * day, value=value, sigma=0.1)
        for day, value in enumerate(values)
    )
    return DetectorChecks(
        detector="XEP99_001",
        lines=(),
        series={"gain": points},
        trends={"gain": watch(points) if len(points) > 30 else None},
        missing=((0, 661.66),),
        failed=(),
    )


@pytest.fixture(name="shifted")
def gain_that_shifts() -> DetectorChecks:
    steady = [10.0 + 0.1 * (-1) ** day for day in range(40)]
    return checks([*steady, *(value + 1.0 for value in steady[:20])])


def test_check_measurements_are_told_in_the_language(shifted: DetectorChecks) -> None:
    english, french = (check_rows([shifted], code) for code in ("en", "fr"))
    assert english[1] == "XEP99_001: 60 check measurements"
    assert english[2] == "  0 of 1 quantities in control"
    assert "gain out of control" in english[3]
    assert english[4] == "  no peak at 661.7 keV on 1970-01-01"
    assert french[1] == "XEP99_001\u202f: 60 mesures de contrôle"
    assert "gain hors contrôle, depuis le 1970-02-" in french[3]
    few = [check_rows([checks([1.0, 2.0])], code)[2] for code in SPOKEN]
    assert len(set(few)) == len(SPOKEN)


@pytest.mark.parametrize("language", SPOKEN)
def test_all_that_is_known_of_a_sample_has_its_words(language: str) -> None:
    analysis = replace(sample_analysis("99202002010711P"), ratios=tuple(every_ratio()))
    for text in (sample_text(analysis, language, peaks=True), gas_text(analysis, language)):
        # What a catalogue lacks, or cannot fill, is said by its code.
        assert "rn." not in text
        assert "{" not in text


def every_ratio() -> list[IsotopeRatio]:
    ends = {
        RatioKind.BOUNDED: (1.0, 2.0),
        RatioKind.LOWER: (1.0, None),
        RatioKind.UPPER: (None, 2.0),
        RatioKind.EXCLUSIVE: (1.0, 2.0),
        RatioKind.UNBOUNDED: (None, None),
    }
    return [
        IsotopeRatio(numerator="a", denominator="b", value=None, kind=kind, low=low, high=high)
        for kind, (low, high) in ends.items()
    ]


def test_columns_hold_in_scripts_of_any_width() -> None:
    rows = table_rows(["核素", "النشاط", "x"], [["K-40", "\u20681\u2069", "2"]])
    assert rows == ["核素  النشاط  x", "K-40       \u20681\u2069  2"]


def test_a_limit_that_does_not_pass_itself_is_told_so() -> None:
    limits = {
        "flow_rate": FlagLimit(unit="m3/h", source="", above=500.0),
        "be7_fwhm": FlagLimit(unit="keV", source="", below=1.7),
        "acquisition_time": FlagLimit(unit="h", source="", least=20.0),
        "decay_time": FlagLimit(unit="h", source="", least=0.0, below=24.0),
    }
    values = {"flow_rate": 500.0, "be7_fwhm": 1.7, "acquisition_time": 19.0, "decay_time": 24.0}
    flags = check(limits, values)
    text = sample_text(replace(sample_analysis("99202002010711P"), flags=flags), "en", peaks=False)
    assert [flag.passed for flag in flags] == [False] * 4
    for told in ("above 500", "below 1.7", "at least 20", "at least 0, below 24"):
        assert told in text
    html = page(sample_document(RadionuclideReport(analysis=replace(
        sample_analysis("99202002010711P"), flags=flags))))  # fmt: skip
    assert "&gt; 500" in html
    assert "&lt; 1.7" in html
