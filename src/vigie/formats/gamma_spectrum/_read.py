"""Files to spectra."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from vigie.errors import ParameterError
from vigie.formats.base import Contents
from vigie.formats.gamma_spectrum import _n42, _spe
from vigie.formats.gamma_spectrum._energy import curve_of_edges
from vigie.formats.gamma_spectrum._kinds import Kind, kind_of, utf8_of
from vigie.formats.gamma_spectrum._library import load, text_of, texts_of
from vigie.formats.gamma_spectrum._records import spectrum_of, tell_times, whole_counts, with_detail
from vigie.formats.gamma_spectrum._simulated import simulated_by
from vigie.formats.gamma_spectrum._uri import UriError, UriSpectrum, decode_uri
from vigie.records import Calibration, Spectrum

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.formats.base import IssueLog, Source

_HEAD_BYTES = 4096
_LOCAL_TIME = frozenset({Kind.SPE, Kind.SPC, Kind.CHN, Kind.CNF, Kind.PCF})
"""Kinds whose times have no zone."""
_SHOWN_REMARKS = 5
_FEWEST_CHANNELS = 8
"""Less is a counter, not a spectrum."""


def read_spectra(source: Source, log: IssueLog) -> Contents:
    """Read all spectra of a file.

    Raises
    ------
    BadRecordError
        Something is wrong and reading is strict.
    """
    kind = kind_of(source.data[:_HEAD_BYTES])
    if kind is None:
        expected = ", ".join(one for one in Kind if one is not Kind.URI) + " or RADDATA"
        log.bad_record("byte 0", field_name="file", text="", expected=f"a spectrum ({expected})")
        return Contents(format="gamma_spectrum", issues=log.issues)
    header = [("kind", str(kind))]
    if kind is Kind.URI:
        spectra, words = _from_uri(source.data, log)
    else:
        spectra, words = _from_library(kind, source.data, header, log)
    reason = simulated_by([*words, *(one.title for one in spectra)], source.name)
    if reason and spectra:
        text = f"marked as simulated by {reason}"
        log.notice("file", "formats.simulated", text, reason=reason)
        spectra = [replace(one, simulated=True) for one in spectra]
    return Contents(
        format="gamma_spectrum", spectra=tuple(spectra), issues=log.issues, header=tuple(header)
    )


def _from_library(
    kind: Kind, data: bytes, header: list[tuple[str, str]], log: IssueLog
) -> tuple[list[Spectrum], list[str]]:
    """Return the spectra that the library reads, and all texts; fills the header."""
    data = utf8_of(data)
    checked = _n42.checked(data, log) if kind is Kind.N42 else _n42.Checked(data)
    spec_file = None if checked.data is None else load(kind, checked.data)
    if spec_file is None:
        if checked.data is not None:
            expected = f"a spectrum of kind {kind} (it may be cut off or damaged)"
            log.bad_record("byte 0", field_name="file", text="", expected=expected)
        return [], []
    instrument = [
        text_of(call)
        for call in (spec_file.manufacturer, spec_file.instrumentModel, spec_file.instrumentId)
    ]
    remarks = texts_of(spec_file.remarks)
    header += [("instrument", " ".join(filter(None, instrument)))] if any(instrument) else []
    header += [("remark", remark) for remark in remarks[:_SHOWN_REMARKS]]
    for warning in texts_of(spec_file.parseWarnings):
        log.notice("file", "formats.library", f"SpecUtils: {warning}")
    spectra = []
    words = [*instrument, *remarks]
    for place, measurement in _measurements(spec_file, log):
        words += texts_of(measurement.remarks)
        spectrum = spectrum_of(measurement, place, log)
        if spectrum is not None:
            detail = with_detail(spectrum, detector=" ".join(filter(None, instrument[1:])))
            spectra.append(_detailed(kind, detail, checked, place, log))
    _tell_zone(kind, spectra, log)
    if not spectra and not any(issue.severity == "warning" for issue in log.issues):
        log.bad_record("file", field_name="spectra", text="none", expected="one or more")
    return spectra, words


def _measurements(spec_file: Any, log: IssueLog) -> Iterable[tuple[str, Any]]:  # noqa: ANN401 — a SpecFile
    """Return the measurements with gamma counts; of derived ones only where there are no others."""
    numbered = list(enumerate(spec_file.measurements(), 1))
    gamma = [(k, one) for k, one in numbered if one.numGammaChannels() >= _FEWEST_CHANNELS]
    if any(one.containedNeutron() for _, one in numbered):
        log.notice("file", "formats.neutrons", "neutron counts are not read")
    if any(0 < one.numGammaChannels() < _FEWEST_CHANNELS for _, one in numbered):
        log.omission("file", "formats.gross_counts", "counts without energies are not read")
    measured = [(k, one) for k, one in gamma if not one.derivedDataProperties()]
    if measured and len(measured) < len(gamma):
        text = f"{len(gamma) - len(measured)} spectra derived from others are not read"
        log.omission("file", "formats.derived", text)
    return [(f"spectrum {k}", one) for k, one in measured or gamma]


def _detailed(
    kind: Kind, spectrum: Spectrum, checked: _n42.Checked, place: str, log: IssueLog
) -> Spectrum:
    """Return a spectrum with what its kind states besides; tell what is missing."""
    data = checked.data or b""
    curve = spectrum.calibration
    if not curve.energy_coefficients_kev and not curve.energy:
        stated = _spe.stated_energies(data) if kind is Kind.SPE else ""
        _tell_no_energies(place, log, stated=stated)
    if kind is Kind.SPE:
        n_channels = len(spectrum.counts)
        _spe.tell_channels(data, n_channels, log)
        widths = _spe.resolution_of(data, curve.energy_coefficients_kev, n_channels)
        return replace(spectrum, calibration=replace(curve, resolution=widths))
    if kind is Kind.CHN:
        text = "the two channels at each end of a CHN may hold times; the library takes them as 0"
        log.notice(place, "formats.chn_ends", text)
    if spectrum.start_ns is None:
        shown = checked.times[0] if checked.times else "none"
        expected = "a time (the spectrum has none)"
        log.suspect(place, field_name="start", text=shown, expected=expected)
    return replace(spectrum, calibration=replace(curve, resolution=checked.resolution))


def _tell_no_energies(place: str, log: IssueLog, *, stated: str) -> None:
    if stated:
        expected = "a calibration with energies that rise (none is used)"
        log.suspect(place, field_name="energy calibration", text=stated, expected=expected)
    else:
        text = f"{place} has no valid energy calibration; none is used"
        log.notice(place, "formats.no_energy_calibration", text)


def _tell_zone(kind: Kind, spectra: list[Spectrum], log: IssueLog) -> None:
    if kind in _LOCAL_TIME and any(one.start_ns is not None for one in spectra):
        text = f"{kind} states no time zone; its times are taken as UTC"
        log.notice("file", "formats.no_zone", text)


def _from_uri(data: bytes, log: IssueLog) -> tuple[list[Spectrum], list[str]]:
    try:
        decoded = decode_uri(data)
    except UriError as error:
        expected = f"an address that can be decoded: {error}"
        log.bad_record("byte 0", field_name="RADDATA", text="", expected=expected)
        return [], []
    spectra = []
    for k, one in enumerate(decoded, 1):
        # Later spectra of an address share the calibration and the model of the first.
        shared = one if one.coefficients else replace(one, coefficients=decoded[0].coefficients)
        spectrum = _uri_spectrum(shared, f"spectrum {k}", log)
        spectra += [] if spectrum is None else [spectrum]
    return spectra, [one.model for one in decoded]


def _uri_spectrum(one: UriSpectrum, place: str, log: IssueLog) -> Spectrum | None:
    counts = whole_counts(one.counts, place, log)
    if counts is None:
        return None
    curve = curve_of_edges(one.coefficients, one.deviations, len(counts))
    if curve is None:
        _tell_no_energies(place, log, stated=" ".join(map(str, one.coefficients)))
    coefficients, points = curve if curve is not None else ((), ())
    try:
        spectrum = Spectrum(
            counts=counts,
            start_ns=one.start_ns,
            real_time_s=one.real_time_s or None,
            live_time_s=one.live_time_s or None,
            calibration=Calibration(energy_coefficients_kev=coefficients, energy=points),
            detector=one.model,
            title=one.title,
            role=one.role,
        )
    except ParameterError as error:
        log.bad_record(place, field_name="spectrum", text="", expected=str(error))
        return None
    tell_times(spectrum, place, log)
    return spectrum
