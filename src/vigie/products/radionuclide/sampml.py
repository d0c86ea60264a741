"""A sample's analysis as XML in the manner of SAMPML.

Element names follow a SAMPML 0.5 document of the IDC (2008; public repository
gaubert/java-balivernes); the namespace is our own, since the schema is not ours to claim:
``assumption``. Spectra are not repeated; the message's hash says which they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.file_text import readable
from vigie.records.time import format_iso

if TYPE_CHECKING:
    from lxml.etree import _Element

    from vigie.products.radionuclide.report import RadionuclideReport
    from vigie.records.nuclide_result import NuclideResult, Peak, QualityFlag

NAMESPACE = "urn:vigie:sampml-like:1"
_FLAGS = {
    "previous_sample": "PreviousSamplePresent",
    "collection_time": "CollectionTimeWithin24Hrs",
    "acquisition_time": "AcquisitionTimeGTE20Hrs",
    "decay_time": "DecayTimeLTE24Hrs",
    "arrival_time": "SampleReceived72HrsFromCollectStart",
    "ba140_mdc": "Ba140MDC",
    "k40_position": "K40LocationDifference",
    "gain_difference": "NormalizedGainDifference",
    "be7_fwhm": "Be7FWHM",
    "flow_rate": "FlowRate",
    "activation_products": "ActivationProducts",
}
"""Names of flags in SAMPML 0.5; others are written with their own."""
_TIMELINESS = frozenset(
    {"previous_sample", "collection_time", "acquisition_time", "decay_time", "arrival_time"}
)


def sampml(report: RadionuclideReport) -> bytes:
    """Return a report as XML, UTF-8.

    Parameters
    ----------
    report : RadionuclideReport
    """
    from lxml import etree

    analysis = report.analysis
    root = etree.Element(f"{{{NAMESPACE}}}SampML", nsmap={None: NAMESPACE})
    held = _add(root, "SampleInformation", REFID=analysis.sample_id)
    station = _add(held, "StationInformation")
    _text(station, "StationLocation", report.station_place)
    _text(station, "StationCode", analysis.station)
    detector = _add(held, "DetectorInformation")
    _text(detector, "DetectorCode", analysis.detector)
    _text(held, "SampleType", analysis.technology.upper())
    _measured(_add(held, "MeasuredInformation"), report)
    analysed = _add(_add(held, "Analyses"), "Analysis")
    _text(analysed, "Software", f"vigie {analysis.version}".strip())
    _category(analysed, report)
    _nuclides(analysed, report)
    _peaks(analysed, report)
    _ratios(analysed, report)
    _parameters(analysed, report)
    _flags(analysed, report)
    _calibration(held, report)
    made: bytes = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    return made


def _add(parent: _Element, name: str, /, **attributes: str) -> _Element:
    from lxml import etree

    kept = {key: value for key, value in attributes.items() if value}
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", kept)


def _text(parent: _Element, name: str, text: str, /, **attributes: str) -> None:
    if text:
        _add(parent, name, **attributes).text = _printable(text)


def _printable(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return "".join(c for c in readable(text) if c in "\t\n\r" or ord(c) >= 32).replace("\ufffe", "")


def _number(parent: _Element, name: str, value: float | None, /, **attributes: str) -> None:
    if value is not None and abs(value) < float("inf"):
        _text(parent, name, f"{value:.9g}", **attributes)


def _moment(parent: _Element, name: str, time_ns: int | None) -> None:
    if time_ns is not None:
        _text(parent, name, format_iso(time_ns))


def _duration(parent: _Element, name: str, seconds: float | None) -> None:
    if seconds is not None:
        _text(parent, name, f"PT{seconds:.9g}S")


def _measured(parent: _Element, report: RadionuclideReport) -> None:
    analysis, message = report.analysis, report.message
    spectrum = _add(parent, "Spectrum", id=message.measurement_id if message else "")
    start, stop = analysis.collection_start_ns, analysis.collection_stop_ns
    counted = analysis.acquisition_start_ns
    counting = message.acquisition if message else None
    _text(spectrum, "Geometry", message.geometry if message else "")
    _number(spectrum, "Quantity", analysis.air_volume_m3, unit="m3")
    _moment(spectrum, "CollectionStart", start)
    _moment(spectrum, "CollectionStop", stop)
    _moment(spectrum, "AcquisitionStart", counted)
    if counting is not None:
        _moment(spectrum, "AcquisitionStop", counting.start_ns + int(counting.real_time_s * 1e9))
        _duration(spectrum, "RealAcquisitionTime", counting.real_time_s)
        _duration(spectrum, "LiveAcquisitionTime", counting.live_time_s)
    _duration(spectrum, "SamplingTime", _seconds(start, stop))
    _duration(spectrum, "DecayTime", _seconds(stop, counted))
    if message is not None:
        _text(spectrum, "SpectrumType", "FULL" if message.full else "PREL")
        _text(spectrum, "Sha256", message.raw_sha256)


def _seconds(start_ns: int | None, stop_ns: int | None) -> float | None:
    return None if start_ns is None or stop_ns is None else (stop_ns - start_ns) / 1e9


def _category(parent: _Element, report: RadionuclideReport) -> None:
    category = report.analysis.category
    if category is None:
        return
    held = _add(parent, "Categorization", rule=category.rule, rules=category.rules_version)
    _text(held, "Category", category.level)
    for reason in category.reasons:
        told = _add(held, "Reason", code=reason.code)
        for name, value in reason.params:
            _text(told, "Parameter", str(value), name=name)


def _nuclides(parent: _Element, report: RadionuclideReport) -> None:
    held = _add(parent, "IdedNuclides")
    lines = _add(parent, "IdedNuclideLines")
    for one in report.analysis.nuclides:
        # Of what nothing is said, neither is said.
        found = "unknown" if one.withheld else "true" if one.detected else "false"
        _nuclide(_add(held, "Nuclide", detected=found), one)
        for line in one.evidence:
            row = _add(lines, "NuclideLine", nuclide=one.nuclide, state=line.state.value)
            _number(row, "Energy", line.energy_kev, unit="keV")
            _number(row, "Abundance", line.intensity)
            _number(row, "ExpectedCounts", line.expected_counts)
            _number(row, "ObservedCounts", line.observed_counts)


def _nuclide(parent: _Element, one: NuclideResult) -> None:
    _text(parent, "Name", one.nuclide.upper())
    _text(parent, "Method", one.method)
    _duration(parent, "HalfLife", one.half_life_s)
    _number(parent, "Activity", one.activity_bq, unit="Bq")
    _number(parent, "ActivityError", one.activity_sigma_bq, unit="Bq")
    _number(parent, "Concentration", one.concentration, unit=one.unit)
    _number(parent, "ConcentrationError", one.uncertainty, unit=one.unit)
    _number(parent, "LC", one.critical_level, unit=one.unit)
    _number(parent, "MDC", one.mdc, unit=one.unit)
    _number(parent, "Low", one.low, unit=one.unit)
    _number(parent, "High", one.high, unit=one.unit)


def _peaks(parent: _Element, report: RadionuclideReport) -> None:
    if report.analysis.peaks:
        held = _add(parent, "PeakResults")
        for number, peak in enumerate(report.analysis.peaks, start=1):
            _peak(_add(held, "PeakResult", peakID=str(number)), peak)


def _peak(parent: _Element, peak: Peak) -> None:
    for name, pair in (
        ("Energy", (peak.energy_kev, peak.energy_sigma_kev)),
        ("Centroid", (peak.channel, peak.channel_sigma)),
        ("Area", (peak.area, peak.area_sigma)),
    ):
        _text(parent, name, " ".join(f"{value:.9g}" for value in pair))
    _number(parent, "FWHM", peak.fwhm_kev)
    _number(parent, "BackgroundCounts", peak.baseline)
    _number(parent, "LC", peak.critical_level)
    _number(parent, "Detectability", peak.detectability)
    for share in peak.shares:
        if share.nuclide:
            percent = 100.0 * share.counts / peak.area if peak.area > 0.0 else 0.0
            _text(parent, "IdentifiedNuclide", share.nuclide.upper(), percentage=f"{percent:.1f}")


def _ratios(parent: _Element, report: RadionuclideReport) -> None:
    matrix = report.analysis.covariance
    if matrix:
        held = _add(parent, "XeCovarianceMatrixes")
        for one, row in zip(report.analysis.nuclides, matrix, strict=False):
            _text(held, "Row", " ".join(f"{v:.9g}" for v in row), nuclide=one.nuclide)
    for ratio in report.analysis.ratios:
        held = _add(parent, "NuclideRatio", set=ratio.kind.value)
        _text(held, "Name", f"{ratio.numerator}/{ratio.denominator}")
        _number(held, "Value", ratio.value)
        _number(held, "Low", ratio.low)
        _number(held, "High", ratio.high)


def _parameters(parent: _Element, report: RadionuclideReport) -> None:
    held = _add(parent, "Parameters")
    for name, values in (
        ("ProcessingParameters", report.parameters),
        ("UpdateParameters", report.updates),
    ):
        group = _add(held, name)
        for key, value in values:
            _text(group, "Parameter", value or "-", name=key)


def _flags(parent: _Element, report: RadionuclideReport) -> None:
    held = _add(parent, "Flags")
    timeliness = _add(held, "TimelinessAndAvailabilityFlags")
    quality = _add(held, "DataQualityFlags")
    for flag in report.analysis.flags:
        _flag(timeliness if flag.name in _TIMELINESS else quality, flag)


def _flag(parent: _Element, flag: QualityFlag) -> None:
    row = _add(parent, _FLAGS.get(flag.name, "Flag"), name=flag.name, unit=flag.unit)
    _number(row, "Value", flag.value)
    _text(row, "Pass", {True: "true", False: "false", None: "unchecked"}[flag.passed])
    _number(row, "Low", flag.low)
    _number(row, "High", flag.high)


def _calibration(parent: _Element, report: RadionuclideReport) -> None:
    held = _add(parent, "CalibrationInformation")
    for one in report.equations:
        row = _add(held, "Calibration", Type=one.quantity, Units=one.unit)
        equation = _add(row, "Equation", Form=one.form)
        _text(equation, "Coefficients", " ".join(f"{c:.9g}" for c in one.coefficients))
