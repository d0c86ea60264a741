"""Gamma spectra of every kind: exact counts and times, and what is wrong is said."""

from __future__ import annotations

import base64
import re
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import BadRecordError, UnwritableError
from vigie.formats import Contents, Source, detect_format
from vigie.formats.gamma_spectrum import FORMAT
from vigie.formats.gamma_spectrum._simulated import simulated_by
from vigie.formats.gamma_spectrum._uri import UriError, base45_decode, decode_uri
from vigie.records import Spectrum, format_iso
from vigie.testing import spectrum_examples as files

if TYPE_CHECKING:
    from pathlib import Path

REAL: dict[str, tuple[int, float, float, int]] = {
    "becq_mendocino_kelp_2013.spe": (8192, 595642.0, 595798.0, 2279915),
    "becq_lead_cave_background_2017-05.spe": (16384, 437817.0, 437903.0, 1052900),
    "becq_lead_cave_activated_pottery.spe": (16384, 16543.0, 16557.0, 304706),
    "detective_ex100_background_2011.n42": (8192, 41610.32, 42101.54, 10873456),
    "eu152_surface_contamination.n42": (8192, 8140.24, 8167.18, 728878),
    "becq_beach_falcon5000.cnf": (4096, 841.42, 849.51, 683658),
    "becq_alcatraz14.spc": (8192, 900.0, 905.42, 132978),
    "becq_csi_ba133_cs137.spe": (4094, 300.0, 300.0, 166239),
    "in_situ/location2.n42": (16384, 280.46, 300.86, 569401),
}
"""Channels, live and real time (s), counts: those of the sheet (13.3) where it has them, else of
the files' own text."""


def read(data: bytes, *, name: str = "x", strict: bool = False) -> Contents:
    return FORMAT.read(Source(name, data), strict=strict)


def one(data: bytes) -> Spectrum:
    (spectrum,) = read(data).spectra
    return spectrum


def told(contents: Contents, severity: str = "warning") -> list[str]:
    return [f"{i.place}: {i.text}" for i in contents.issues if i.severity == severity]


@pytest.fixture
def gamma(shared_data: Path) -> Path:
    return shared_data / "radionuclide/gamma"


@pytest.mark.data
@pytest.mark.parametrize("name", REAL)
def test_real_spectra_have_their_counts_and_times(gamma: Path, name: str) -> None:
    source = Source(name, (gamma / name).read_bytes())
    assert detect_format(source).name == "gamma_spectrum"
    (spectrum,) = FORMAT.read(source).spectra
    found = (len(spectrum.counts), spectrum.live_time_s, spectrum.real_time_s, spectrum.total)
    assert found == REAL[name]
    assert spectrum.first_channel == 0
    assert not spectrum.simulated


@pytest.mark.data
def test_every_file_of_the_folder_is_read(gamma: Path) -> None:
    endings = {".n42", ".spe", ".spc", ".cnf", ".pcf"}
    paths = [path for path in sorted(gamma.rglob("*.*")) if path.suffix in endings]
    paths += sorted(gamma.rglob("*.raddata.txt"))
    assert len(paths) == 42
    for path in paths:
        source = Source(path.name, path.read_bytes())
        assert detect_format(source).name == "gamma_spectrum", path.name
        contents = FORMAT.read(source)
        assert contents.spectra, path.name
        if path.name.startswith("simulated"):
            assert all(spectrum.simulated for spectrum in contents.spectra), path.name


@pytest.mark.data
def test_times_and_energies_of_a_real_n42(gamma: Path) -> None:
    spectrum = one((gamma / "detective_ex100_background_2011.n42").read_bytes())
    assert spectrum.start_ns is not None
    assert format_iso(spectrum.start_ns) == "2011-03-10T21:14:49.000Z"
    np.testing.assert_allclose(
        spectrum.calibration.energy_coefficients_kev, (-0.01864, 0.365943), atol=2e-6
    )


@pytest.mark.data
def test_each_element_of_several_has_its_own_calibration(gamma: Path) -> None:
    for name in ("ba133_source_640s_20100317.n42", "background_20100317.n42"):
        spectra = read((gamma / name).read_bytes()).spectra
        assert [s.detector for s in spectra] == ["A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4"]
        assert len({s.calibration.energy_coefficients_kev for s in spectra}) == 8


@pytest.mark.data
def test_a_mismatched_tag_and_a_time_that_is_none_are_told(gamma: Path) -> None:
    contents = read((gamma / "in_situ/location2.n42").read_bytes())
    assert [re.sub(r"'.*'", "...", text) for text in told(contents)] == [
        "line 40: XML: ... is not well-formed; kept as it is",
        "spectrum 1: start: ... is not a time (the spectrum has none); kept as it is",
    ]
    assert contents.spectra[0].start_ns is None


@pytest.mark.data
def test_an_undeclared_prefix_is_a_notice(gamma: Path) -> None:
    contents = read((gamma / "detective_ex100_background_2011.n42").read_bytes(), strict=True)
    assert "formats.undeclared_prefix" in {issue.code for issue in contents.issues}


@pytest.mark.data
def test_an_invalid_calibration_is_told_and_not_used(gamma: Path) -> None:
    contents = read((gamma / "becq_nai_digibase_bad_calibration.spe").read_bytes())
    (spectrum,) = contents.spectra
    assert spectrum.calibration.energy_coefficients_kev == ()
    assert spectrum.calibration.energy == ()
    assert spectrum.total == 892301
    assert "a calibration with energies that rise (none is used)" in told(contents)[0]


@pytest.mark.data
def test_curves_give_simulated_lines_their_energies(gamma: Path) -> None:
    """Deviation pairs and full range fractions: within 0.13 keV of the lines put in."""
    cases = [
        ("simulated_detectivex/Cs134_Unshielded.raddata.txt", (569.33, 604.72, 795.86)),
        ("simulated_detectivex/La140_Unshielded.raddata.txt", (487.02, 815.78, 1596.21)),
        ("simulated_drf_calibration/drf_cal_HPGe_Co60.pcf", (1173.23, 1332.49)),
        ("simulated_drf_calibration/drf_cal_HPGe_Cs137.pcf", (661.66,)),
    ]
    for name, lines in cases:
        spectrum = one((gamma / name).read_bytes())
        energies = energies_of(spectrum)
        for line in lines:
            near = np.flatnonzero(np.abs(energies - line) < 3.0)
            top = near[np.argmax(spectrum.counts[near])]
            span = slice(top - 5, top + 6)
            net = spectrum.counts[span] - min(spectrum.counts[top - 6], spectrum.counts[top + 6])
            assert abs(np.average(energies[span], weights=net) - line) < 0.13, (name, line)


def energies_of(spectrum: Spectrum) -> np.ndarray:
    points = spectrum.calibration.energy
    if points:
        channel = [p.value for p in points]
        return np.interp(spectrum.channels, channel, [p.energy_kev for p in points])
    coefficients = spectrum.calibration.energy_coefficients_kev
    return np.polynomial.polynomial.polyval(spectrum.channels, coefficients)


@pytest.mark.data
def test_widths_of_peaks_that_a_file_states(gamma: Path) -> None:
    kelp = one((gamma / "becq_mendocino_kelp_2013.spe").read_bytes())
    # 4.273686 channels of 0.378444 keV.
    assert {round(p.value, 4) for p in kelp.calibration.resolution} == {1.6174}
    field = one((gamma / "in_situ/location1.n42").read_bytes())
    assert field.calibration.resolution[1].energy_kev == 661.65
    assert field.calibration.resolution[1].value == pytest.approx(3.64931858898436)


def test_n42_of_two_detectors_zone_and_counted_zeros() -> None:
    first, second = read(files.n42_text(), strict=True).spectra
    assert (first.detector, second.detector) == ("A1", "A2")
    assert first.counts.tolist() == second.counts.tolist()
    assert first.calibration.energy_coefficients_kev == (-0.25, 16.0, 1e-5)
    assert second.calibration.energy_coefficients_kev == (0.5, 15.75)
    assert (first.real_time_s, first.live_time_s) == (7200.5, 7100.32)
    assert first.start_ns is not None
    # 08:15:00.25 one hour east of Greenwich; the library alone would forget the hour.
    assert format_iso(first.start_ns) == "2020-03-01T07:15:00.250Z"


def test_the_same_counts_through_every_kind() -> None:
    expected = read(files.n42_text()).spectra[0].counts.tolist()
    for kind in ("Pcf", "SpcBinaryInt", "SpcBinaryFloat", "Cnf"):
        assert one(files.through_library(kind)).counts.tolist() == expected
    contents = read(files.chn_bytes())
    # Both ends of a CHN may hold times, so the library leaves them empty; that is told.
    assert contents.spectra[0].counts.tolist() == [0, 0, *expected[2:-2], 0, 0]
    assert "formats.chn_ends" in {issue.code for issue in contents.issues}
    assert one(files.address_text()).counts.tolist() == expected


def test_n42_in_utf16() -> None:
    text = files.n42_text().decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    for codec, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        spectra = read(mark + text.encode(codec)).spectra
        assert len(spectra) == 2


def test_deep_xml_is_refused_before_the_library_sees_it() -> None:
    """SpecUtils 0.0.11 crashes the process on it."""
    head, tail = files.n42_text().split(b"<RadMeasurement ", 1)
    for bad in (
        head + b"<a>" * 200_000 + b"<RadMeasurement " + tail,
        head + b"<a b='/>'>" * 200_000 + tail,
        head + b"<a>" * 100_000 + b"</a>" * 100_000 + b"<RadMeasurement " + tail,
    ):
        contents = read(bad)
        assert contents.spectra == ()
        assert "well-formed XML" in told(contents)[0]


def test_many_elements_are_no_harm_where_the_xml_is_sound() -> None:
    head, tail = files.n42_text().split(b"<RadMeasurement ", 1)
    contents = read(head + b"<Remark>x</Remark>" * 5_000 + b"<RadMeasurement " + tail)
    assert len(contents.spectra) == 2


def test_endless_zeros_are_refused() -> None:
    text = re.sub(rb'(CountedZeroes">)', rb"\g<1>0 2000000000 ", files.n42_text())
    contents = read(text)
    assert contents.spectra == ()
    assert "at most 131072 channels" in told(contents)[0]


def test_counts_that_are_no_counts() -> None:
    text = re.sub(rb"(<ChannelData>)\d+ \d+", rb"\g<1>-3 1.5", files.n42_text())
    contents = read(text)
    assert contents.spectra[0].counts[:2].tolist() == [0, 2]
    assert len(told(contents)) == 2
    assert "negative counts are taken as 0" in told(contents)[0]
    assert "all are rounded" in told(contents)[1]


def test_a_cut_off_spe_is_told() -> None:
    whole = files.spe_text()
    contents = read(whole[: whole.index(b"$ROI")][:-90])
    assert "that of the counts there are, 190" in told(contents)[0]
    assert len(contents.spectra[0].counts) == 190


def test_live_above_real_time_is_told() -> None:
    contents = read(files.spe_text().replace(b"7100 7200", b"7300 7200"))
    assert "live time: '7300' is not at most the real time, 7200 s" in told(contents)[0]


@pytest.mark.parametrize("data", [b"$SPEC_ID:\nx\n$DATA:\n0 5\n", b"\x01\x00\x01\x00" + bytes(200)])
def test_a_file_with_nothing_in_it_is_refused(data: bytes) -> None:
    contents = read(data)
    assert contents.spectra == ()
    assert len(told(contents)) == 1


def test_what_is_no_spectrum_is_named() -> None:
    with pytest.raises(BadRecordError, match=r"N42, SPE, SPC, CHN, CNF, PCF or RADDATA"):
        read(b"hello", strict=True)


def test_spectra_are_only_read() -> None:
    with pytest.raises(UnwritableError, match="only read"):
        FORMAT.write(Contents())


@pytest.mark.parametrize(
    ("texts", "name", "expected"),
    [
        (["Simulated background"], "a.spe", True),
        (["made with GADRAS"], "a.pcf", True),
        (["Eu152,15uC+I131,10uC @ 100 cm"], "a.n42", True),
        (["207Bi,50uC{an=26,ad=7.84}+166Hom,50uC"], "a.n42", True),
        (["Co-60, position 2", "Cs137 at 10 cm"], "a.n42", False),
        ([], "simulated_x.n42", True),
        ([], "simulated/x.n42", False),
    ],
)
def test_what_says_that_data_are_simulated(texts: list[str], name: str, expected: bool) -> None:
    assert bool(simulated_by(texts, name)) is expected


def encoded(fields: bytes, options: int, counts: bytes) -> bytes:
    """Encode an address in another way than the reader decodes it."""
    body = fields + b" S:" + counts
    if not options & 1:
        body = zlib.compress(body, 9)
    if options & 0x10:
        body = base64.urlsafe_b64encode(body).rstrip(b"=")
    elif not options & 2:
        body = base45(body)
    return b"RADDATA://G0/%02X00/" % options + body


def base45(raw: bytes) -> bytes:
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
    text = ""
    for k in range(0, len(raw) - 1, 2):
        number = raw[k] * 256 + raw[k + 1]
        text += letters[number % 45] + letters[number // 45 % 45] + letters[number // 2025]
    if len(raw) % 2:
        text += letters[raw[-1] % 45] + letters[raw[-1] // 45]
    return text.encode()


def stream(values: list[int]) -> bytes:
    """Encode integers as StreamVByte, as its authors describe it (Lemire et al. 2018)."""
    lengths = [max((value.bit_length() + 7) // 8, 1) for value in values]
    keys = bytearray((len(values) + 3) // 4)
    for k, length in enumerate(lengths):
        keys[k // 4] |= (length - 1) << (2 * (k % 4))
    data = b"".join(v.to_bytes(n, "little") for v, n in zip(values, lengths, strict=True))
    return len(values).to_bytes(2, "little") + bytes(keys) + data


def zero_runs(counts: list[int]) -> list[int]:
    packed: list[int] = []
    k = 0
    while k < len(counts):
        if counts[k]:
            packed.append(counts[k])
            k += 1
            continue
        end = next((j for j in range(k, len(counts)) if counts[j]), len(counts))
        packed += [0, end - k]
        k = end
    return packed


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    st.lists(st.integers(0, 3) | st.integers(0, 2**32 - 1), min_size=1, max_size=200),
    st.sampled_from([0x00, 0x10, 0x18, 0x08, 0x11, 0x09, 0x14, 0x0C]),
)
def test_addresses_are_decoded_as_they_were_encoded(counts: list[int], options: int) -> None:
    values = counts if options & 8 else zero_runs(counts)
    raw = ",".join(map(str, values)).encode() if options & 4 else stream(values)
    fields = b"I:B T:600.5,590.25 C:-0.5,3.1 M:a b P:20200301T071500 O:x"
    (spectrum,) = decode_uri(encoded(fields, options, raw))
    assert spectrum.counts == counts
    assert (spectrum.role, spectrum.model, spectrum.title) == ("background", "a b", "x")
    assert (spectrum.real_time_s, spectrum.live_time_s) == (600.5, 590.25)
    assert spectrum.coefficients == [-0.5, 3.1]


def test_base45_of_the_standard() -> None:
    """RFC 9285, section 4.3 and 4.4."""
    assert base45_decode(b"BB8") == b"AB"
    assert base45_decode(b"UJCLQE7W581") == b"base-45"
    assert base45_decode(b"QED8WEX0") == b"ietf!"
    for bad in (b"GGW", b"A", b"aB8"):
        with pytest.raises(UriError, match="base-45"):
            base45_decode(bad)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"RADDATA://G0/1010/AAAA", "one of several addresses"),
        (b"RADDATA://G0/8000/AAAA", "not known"),
        (b"RADDATA://G0/1000/????", "base-64"),
        (b"RADDATA://G0/1000/AAAA", "compressed part is damaged"),
        (encoded(b"I:F", 0x19, b"")[:-1], "no counts"),
        (encoded(b"I:F", 0x10, stream([5, 0])), "runs of zeros"),
        (encoded(b"I:F", 0x10, stream([0, 2**31])), "runs of zeros"),
        (encoded(b"I:F", 0x10, stream([1, 2])[:-1]), "cut off"),
    ],
)  # fmt: skip
def test_damaged_addresses_are_refused_with_the_reason(data: bytes, why: str) -> None:
    contents = read(data)
    assert contents.spectra == ()
    assert re.search(why, told(contents)[0])
