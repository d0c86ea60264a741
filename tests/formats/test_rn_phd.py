"""Pulse-height data: real messages, and every trap of the format with its issue."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from vigie.errors import BadRecordError
from vigie.formats import Contents, Source, detect_format
from vigie.formats.ims_radionuclide import FORMAT
from vigie.records import DetectorSystem, PhdType, PulseHeight, format_iso
from vigie.testing import radionuclide_examples as rn

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.formats import Issue

REAL = {
    "SAMPLE20211203070613605.PHD": (PhdType.SAMPLE, 3480, 267961, 39480, 50719.17, 50400.0),
    "SPIKE20190502222812845.PHD": (PhdType.CALIBRATION, 31572, 325146, 149498, 54335.69, 54000.0),
}
"""Sheet 13.1: type, coincidences, gamma and beta singles, real and live time (s)."""


def text_of(message: PulseHeight) -> str:
    (data,) = FORMAT.write(Contents(pulse_heights=(message,))).values()
    return data.decode()


GAS = text_of(rn.noble_gas_sample())
FILTER = text_of(rn.particulate_sample())


def read(text: str | bytes, *, strict: bool = False) -> Contents:
    data = text.encode() if isinstance(text, str) else text
    return FORMAT.read(Source("x.phd", data), strict=strict)


def one(text: str | bytes) -> PulseHeight:
    (message,) = read(text).pulse_heights
    return message


def issues(text: str | bytes) -> tuple[Issue, ...]:
    return read(text).issues


def warnings(text: str | bytes) -> list[str]:
    return [f"{i.place}: {i.text}" for i in issues(text) if i.severity == "warning"]


def line_of(text: str, start: str) -> int:
    return next(k for k, line in enumerate(text.split("\n"), 1) if line.startswith(start))


def block(text: str, name: str) -> tuple[str, str, str]:
    """Return what stands before a block, the block, and what follows it."""
    before, _, rest = text.partition(f"#{name}\n")
    body, mark, after = rest.partition("\n#")
    if not mark:
        body, mark, after = rest.partition("\nSTOP")
    return before, f"#{name}\n{body}", mark + after


@pytest.mark.data
@pytest.mark.parametrize("name", REAL)
def test_real_messages_are_read_exactly(shared_data: Path, name: str) -> None:
    kind, coincidences, gamma, beta, real_s, live_s = REAL[name]
    path = shared_data / "radionuclide/phd" / name
    source = Source(name, path.read_bytes())
    assert detect_format(source).name == "ims_radionuclide"
    contents = FORMAT.read(source, strict=True)
    assert contents.issues == ()
    (message,) = contents.pulse_heights
    assert message.type is kind
    assert message.histogram is not None
    assert message.gamma is not None
    assert message.beta is not None
    assert message.histogram.counts.shape == (256, 256)
    assert int(message.histogram.counts.sum()) == coincidences
    assert (message.gamma.total, message.beta.total) == (gamma, beta)
    assert message.acquisition is not None
    assert (message.acquisition.real_time_s, message.acquisition.live_time_s) == (real_s, live_s)
    assert (message.histogram.gamma_span_kev, message.histogram.beta_span_kev) == (720.0, 550.0)
    assert (message.gamma.first_channel, message.gamma.energy_span_kev) == (0, 720.0)
    sizes = [len(message.gamma_calibration.energy), len(message.beta_calibration.energy)]
    assert [*sizes, len(message.regions), len(message.ratios)] == [5, 24, 10, 16]
    assert [e.nuclide for e in message.coincidence_efficiencies] == [
        "Xe-135", "Xe-133", "Xe-133", "Xe-131m", "Xe-133m", "Xe-133", "Xe-133", "Xe-133", "Xe-133",
    ]  # fmt: skip
    assert message.raw_sha256 == hashlib.sha256(source.data).hexdigest()
    again = FORMAT.read(Source("x", text_of(message).encode()), strict=True)
    assert again.pulse_heights[0].same_as(message)


@pytest.mark.data
def test_header_and_times_of_the_real_sample(shared_data: Path) -> None:
    path = shared_data / "radionuclide/phd/SAMPLE20211203070613605.PHD"
    message = one(path.read_bytes())
    assert (message.station, message.detector, message.geometry) == (
        "MIX58", "MIX58_222", "CYLINDER",
    )  # fmt: skip
    assert message.system is DetectorSystem.BETA_GAMMA
    assert message.sample_id == "58202112020111X"
    assert message.gas_background_id == "MIX58_222-2021/12/02-08:08:59.1"
    assert message.collection is not None
    assert message.acquisition is not None
    assert message.processing is not None
    assert format_iso(message.collection.start_ns) == "2021-12-02T01:00:25.000Z"
    assert message.collection.air_volume_m3 == 22.347414
    assert format_iso(message.acquisition.start_ns) == "2021-12-02T17:00:54.400Z"
    assert (message.processing.volume_cm3, message.processing.recovery) == (0.99533, 0.61685)
    assert message.processing.bottle_id == "17"
    # Channel of energy, fitted to the pairs as the sheet gives it.
    points = message.gamma_calibration.energy
    fit = np.polyfit([p.energy_kev for p in points], [p.value for p in points], 2)
    np.testing.assert_allclose(fit[::-1], (0.8966, 0.3696, -3.609e-5), rtol=2e-4)


@pytest.mark.data
def test_the_real_calibration_without_a_gas_background(shared_data: Path) -> None:
    message = one((shared_data / "radionuclide/phd/SPIKE20190502222812845.PHD").read_bytes())
    assert message.gas_background_id == ""
    assert message.collection is None
    assert message.processing is None
    assert message.comment == "Calibration Xe-133"
    assert [line.nuclide for line in message.certificate] == ["Xe-133"]


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("\n", "\r\n"),
        lambda t: t.replace("\n", "\r"),
        lambda t: t.replace(" ", "\t"),
        lambda t: t.replace("\n", "   \n"),
        lambda t: t.replace("\n", "\n\n").replace("#Comment\n\n", "#Comment\n"),
        lambda t: t.replace("#g_Energy", "#G_ENERGY"),
        lambda t: re.sub(r"(\d{4})/(\d\d)/(\d\d) ", r"\1-\2-\3 ", t),
        lambda t: "From: a@b\nSubject: data\n\n" + t,
        lambda t: t + "\n-- \nsent from a station\n",
        lambda t: t.replace("BEGIN IMS2.0", "begin GSE2.0"),
        lambda t: t.replace("BEGIN IMS2.0", "BEGIN RMS1.0"),
        lambda t: "\ufeff" + t,
    ],
    ids=["CRLF", "CR", "tab", "trail", "blank", "case", "dash", "mail", "end", "GSE", "RMS", "BOM"],
)  # fmt: skip
def test_what_only_looks_different_reads_the_same(change: object) -> None:
    assert callable(change)
    for text in (GAS, FILTER.replace("Filter changed", "changed")):
        changed = change(text)
        assert [i for i in issues(changed) if i.severity == "warning"] == []
        message = one(changed)
        # Blank lines in a comment are its own.
        if message.comment:
            continue
        assert message.same_as(one(text))


def test_order_of_blocks_does_not_matter() -> None:
    head, *blocks = GAS.removesuffix("STOP\n").split("\n#")
    rng = np.random.default_rng(5)
    for _ in range(5):
        shuffled = (
            "\n#".join([head, *rng.permutation([b.rstrip("\n") for b in blocks])]) + "\nSTOP\n"
        )
        assert one(shuffled).same_as(one(GAS))
        assert warnings(shuffled) == []


@pytest.mark.parametrize(
    "name",
    ["Collection", "Acquisition", "Calibration", "Processing", "g_Energy", "b_Energy", "Ratios",
     "ROI_Limits", "b-gEfficiency", "g_Spectrum", "b_Spectrum", "Histogram"],
)  # fmt: skip
def test_a_missing_block_leaves_the_others(name: str) -> None:
    before, _, after = block(GAS, name)
    text = before.rstrip("\n") + "\n" + after.lstrip("\n")
    message = one(text)
    whole = one(GAS)
    assert message.same_as(whole) is False
    assert message.sample_id == whole.sample_id
    if name in {"Collection", "Acquisition", "g_Spectrum", "b_Spectrum", "Ratios", "Histogram"}:
        told = [i for i in issues(text) if i.code == "formats.blocks_missing"]
        assert len(told) == 1


def test_channels_from_0_and_from_1() -> None:
    for first in (0, 1):
        message = one(text_of(rn.particulate_sample(first_channel=first)))
        assert message.gamma is not None
        assert message.gamma.first_channel == first
        assert message.gamma.channels[0] == first
        assert len(message.gamma.counts) == 256


def test_rows_in_another_order_are_put_in_order() -> None:
    before, body, after = block(FILTER, "g_Spectrum")
    head, size, *rows = body.split("\n")
    turned = before + "\n".join([head, size, *rows[::-1]]) + after
    assert one(turned).same_as(one(FILTER))
    assert [i.code for i in issues(turned)] == ["formats.row_order"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[:-3], r"'256' is not that of the counts there are, 245"),
        (lambda rows: [*rows[:4], *rows[5:]], r"channel 26 where 21 is due.*follow one on another"),
        (lambda rows: rows[1:], r"the first row is of channel 6.*from channel 0 or 1"),
        (lambda rows: [*rows[:2], rows[2].rsplit(" ", 1)[0], *rows[3:]], r"channel 16 where 15"),
        (lambda rows: [*rows, "1 1 1 1 1 1"], r"'1' is not the only row of its channel"),
        (lambda rows: [rows[0].replace(" ", " x", 1), *rows[1:]], r"a whole number of counts"),
        (lambda rows: [rows[0] + " 0.5", *rows[1:]], r"'0.5' is not a whole number of counts"),
        (lambda rows: ["-1 2 3", *rows], r"'-1' is not a channel number"),
        (lambda _: [], r"a spectrum from channel 0 or 1"),
    ],
)  # fmt: skip
def test_a_spectrum_that_lacks_rows_is_told(change: object, message: str) -> None:
    assert callable(change)
    before, body, after = block(FILTER, "g_Spectrum")
    head, size, *rows = body.split("\n")
    text = before + "\n".join([head, size, *change(rows)]) + after
    told = warnings(text)
    assert len(told) == 1
    assert re.search(message, told[0])
    assert "line" in told[0]
    with pytest.raises(BadRecordError, match=r"x\.phd, line \d+, #g_Spectrum"):
        read(text, strict=True)
    assert one(text).acquisition == one(FILTER).acquisition


def test_a_last_row_filled_with_zeros_is_cut() -> None:
    text = FILTER.replace("\n256 ", "\n256 ", 1)
    before, body, after = block(text, "g_Spectrum")
    filled = before + body + " 0 0 0 0" + after
    message = one(filled)
    assert message.gamma is not None
    assert len(message.gamma.counts) == 256
    assert [i.code for i in issues(filled)] == ["formats.filled_row"]


def test_negative_and_float_counts() -> None:
    before, body, after = block(FILTER, "g_Spectrum")
    rows = body.split("\n")
    rows[2] = "1 -3 4.0 5 6 -1"
    text = before + "\n".join(rows) + after
    message = one(text)
    assert message.gamma is not None
    assert message.gamma.counts[:5].tolist() == [0, 4, 5, 6, 0]
    assert len(warnings(text)) == 1
    assert "counts below 0 of this block are taken as 0" in warnings(text)[0]


def histogram_text(n_gamma: int, n_beta: int) -> str:
    return text_of(rn.noble_gas_sample(n_gamma=n_gamma, n_beta=n_beta))


def test_axes_of_the_histogram_follow_the_spans() -> None:
    text = histogram_text(40, 32)
    swapped = text.replace("\n40 32 720 550\n", "\n32 40 550 720\n")
    assert swapped != text
    assert one(swapped).same_as(one(text))
    assert warnings(swapped) == []


def test_a_histogram_that_fits_in_no_order_is_left_out() -> None:
    text = histogram_text(40, 32).replace("\n40 32 720 550\n", "\n40 32 700 500\n")
    assert one(text).histogram is None
    assert "in either order" in warnings(text)[0]
    assert one(text).gamma is not None


def test_without_singles_the_order_is_an_assumption_and_told() -> None:
    text = GAS
    for name in ("g_Spectrum", "b_Spectrum"):
        before, _, after = block(text, name)
        text = before.rstrip("\n") + "\n" + after.lstrip("\n")
    assert one(text).histogram is not None
    assert "taken as gamma first" in warnings(text)[0]


def test_rows_along_the_other_axis_are_turned() -> None:
    text = histogram_text(40, 32)
    before, body, after = block(text, "Histogram")
    counts = one(text).histogram
    assert counts is not None
    rows = [" ".join(map(str, row)) for row in counts.counts.T.tolist()]
    turned = before + "\n".join(["#Histogram", body.split("\n")[1], *rows]) + after
    assert one(turned).same_as(one(text))
    assert [i.code for i in issues(turned)] == ["formats.histogram_rows"]


def test_exchanged_counts_exceed_the_singles_and_are_told() -> None:
    from dataclasses import replace

    message = rn.noble_gas_sample(n_gamma=32, n_beta=32)
    assert message.gamma is not None
    assert message.beta is not None
    assert message.histogram is not None
    counts = np.zeros((32, 32), dtype=np.int64)
    counts[:, 3] = 50
    exact = replace(
        message,
        gamma=replace(message.gamma, counts=counts.sum(axis=1) + 1),
        beta=replace(message.beta, counts=counts.sum(axis=0) + 1),
        histogram=replace(message.histogram, counts=counts),
    )
    assert warnings(text_of(exact)) == []
    turned = replace(exact, histogram=replace(message.histogram, counts=counts.T.copy()))
    assert "with axes exchanged they are" in warnings(text_of(turned))[0]


@pytest.mark.parametrize("cut", [1, 40, 700])
def test_a_cut_off_histogram_is_left_out_and_the_rest_kept(cut: int) -> None:
    text = GAS.removesuffix("\nSTOP\n")[:-cut]
    message = one(text)
    assert message.histogram is None
    assert message.gamma is not None
    told = warnings(text)
    assert any("cut off" in one_ and "x 32 = 1280" in one_ for one_ in told)
    assert any("STOP" in one_ for one_ in told)


def test_a_message_without_stop_is_kept() -> None:
    text = FILTER.removesuffix("STOP\n")
    assert one(text).same_as(one(FILTER))
    assert "may be cut off" in warnings(text)[0]


def test_several_messages_each_with_the_hash_of_its_bytes() -> None:
    text = GAS + "\n" + FILTER
    first, second = read(text).pulse_heights
    assert first.same_as(one(GAS))
    assert second.same_as(one(FILTER))
    assert second.raw_sha256 == hashlib.sha256(FILTER.encode()).hexdigest()
    assert first.raw_sha256 == hashlib.sha256((GAS + "\n").encode()).hexdigest()


def test_a_bad_message_does_not_stop_the_next() -> None:
    broken = GAS.replace("DATA_TYPE SAMPLEPHD", "DATA_TYPE SAMPLEPHX")
    contents = read(broken + FILTER)
    (message,) = contents.pulse_heights
    assert message.same_as(one(FILTER))
    assert "SAMPLEPHX" in contents.issues[0].text


def test_labels_of_xenon() -> None:
    text = GAS
    for label in ("XE-131m", "XE-131M", "Xe-131m", "131Xem"):
        message = one(text.replace("XE-131m 5", f"{label} 5"))
        assert [e.nuclide for e in message.coincidence_efficiencies if e.roi == 5] == ["Xe-131m"]
    assert "XE-13310 10 " in text
    found = {e.roi: e.nuclide for e in one(text).coincidence_efficiencies}
    assert all(found[roi] == "Xe-133" for roi in (3, 4, 7, 8, 9, 10))
    bad = text.replace("XE-13310 10", "XE-13399 10")
    assert "a nuclide (or Xe-133 and its region" in warnings(bad)[0]


@pytest.mark.parametrize("count", [16, 18, 20])
def test_ratios_of_any_number(count: int) -> None:
    rows = [f"PB214_{k} 1 {k} 0.5 0.01" for k in range(count)]
    before, _, after = block(GAS, "Ratios")
    assert len(one(before + "\n".join(["#Ratios", *rows]) + after).ratios) == count


def test_fraction_of_a_second_is_kept_to_the_nanosecond() -> None:
    text = FILTER.replace("2020/03/01 07:15:00.25 7200", "2020/03/01 07:15:00.123456789 7200")
    message = one(text)
    assert message.acquisition is not None
    assert format_iso(message.acquisition.start_ns) == "2020-03-01T07:15:00.123456789Z"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("2020/02/29 07:00:00.0 21543.75", "2020/02/27 07:00:00.0 21543.75", "after the start"),
        ("2020/02/29 07:00:00.0 21543.75", "2020/03/01 07:00:00.0 21543.75", "at most 26.4 h"),
        ("21543.75", "0", "above 0 and at most"),
        ("7200 7128", "7200 7300", "at most the real time"),
        ("7200 7128", "0 0", "above 0 s"),
        ("7200 7128", "1e300 1e300", "real time: '1e+300' is not at most 20 years"),
        ("7200 7128", "0.001 0.001", "live time: '0.001' is not at least 60 s"),
        ("7200 7128", "50719170 50400000", "real time: '5.07192e+07' is not at most 100 days"),
        ("2020/03/01 07:15:00.25 7200", "2020/02/28 12:00:00 7200", "after the collection"),
        ("2020/03/02 09:00:00.0", "1970/01/01 00:00:00.0", "between 1990 and 2100"),
    ],
)  # fmt: skip
def test_impossible_values_are_kept_and_told(old: str, new: str, told: str) -> None:
    assert old in FILTER
    text = FILTER.replace(old, new)
    assert any(told in one_ for one_ in warnings(text)), warnings(text)
    message = one(text)
    assert message.collection is not None
    assert message.acquisition is not None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("1.2125 0.05", "0 0.05", "xenon volume: '0' is not above 0"),
        ("0.975 0.04", "97.5 0.04", "xenon yield: '97.5' is not a fraction"),
        ("2020/02/29 12:00:00.0", "2020/02/28 12:00:00.0", "'36.0 h' is not at most 24.0 h"),
        ("81 0.72 0.1", "81 7.2 0.1", "efficiency: '7.2' is not a fraction, 0 to 1"),
    ],
)  # fmt: skip
def test_slips_of_units_are_kept_and_told(old: str, new: str, told: str) -> None:
    assert old in GAS
    assert told in "\n".join(warnings(GAS.replace(old, new)))


def test_a_background_may_be_counted_for_years_and_a_check_for_seconds() -> None:
    for kind, times in (("DETBKPHD", "63115200 63000000"), ("QCPHD", "20 19.5")):
        text = FILTER.replace("SAMPLEPHD", kind).replace("7200 7128", times)
        assert not [w for w in warnings(text) if "real time" in w or "live time" in w]
    text = FILTER.replace("SAMPLEPHD", "DETBKPHD").replace("7200 7128", "1e9 1e9")
    assert "at most 20 years" in "\n".join(warnings(text))


def test_xenon_does_not_wait_for_years() -> None:
    taken = "2020/02/29 12:00:00.0 2020/03/01 00:00:00.0"
    assert taken in GAS
    text = GAS.replace(taken, taken.replace("2020", "1996"))
    assert "within a year of the collection" in "\n".join(warnings(text)), warnings(text)


@pytest.mark.parametrize(
    "stamp", ["0000/03/01 07:15:00.25", "2020/13/01 07:15:00", "2020/03/01 25:00:00", "never", ""]
)
def test_a_time_that_is_none_leaves_its_block_out(stamp: str) -> None:
    text = FILTER.replace("2020/03/01 07:15:00.25", stamp)
    message = one(text)
    assert message.acquisition is None
    assert message.gamma is not None
    number = line_of(FILTER, "#Acquisition") + 1
    assert any(one_.startswith(f"line {number}: #Acquisition start") for one_ in warnings(text))


def test_latin1_bytes_in_a_comment() -> None:
    data = FILTER.replace("Filter changed in rain", "Gerät im Regen").encode("latin-1")
    assert "Gerät im Regen" in one(data).comment
    assert [i.code for i in issues(data)] == ["formats.latin1"]


def test_a_simulated_message_says_so() -> None:
    from dataclasses import replace

    message = rn.particulate_sample()
    assert message.simulated
    assert "SIMULATED DATA" in text_of(message)
    assert one(text_of(message)).gamma is not None
    assert one(text_of(message)).simulated
    worded = replace(message, simulated=False, comment="Simulated with our program")
    found = read(text_of(worded))
    assert found.pulse_heights[0].simulated
    assert [i.code for i in found.issues] == ["formats.simulated"]


def test_certificate_behind_the_last_counts_as_openspex_writes_it() -> None:
    text = GAS.removesuffix("\nSTOP\n") + " #Certificate\nXe-133\nSTOP\n"
    message = one(text)
    assert message.histogram is not None
    assert [c.nuclide for c in message.certificate] == ["Xe-133"]
    assert [i.code for i in issues(text)] == ["formats.block_inside"]


def test_unknown_blocks_and_second_blocks_are_told() -> None:
    text = FILTER.replace("#g_Energy", "#Whatever\n1 2 3\n#g_Energy")
    assert [i.code for i in issues(text)] == ["formats.block"]
    _, body, _ = block(FILTER, "Collection")
    double = FILTER.replace("STOP\n", f"{body}\nSTOP\n")
    assert "the only one (the first, line" in warnings(double)[0]


def test_blank_gas_background_by_its_columns() -> None:
    ids = "XEP99_001-2020/03/01-07:15:00.2"
    line = next(x for x in GAS.split("\n") if x.startswith("XEX99_002-2020/03/01"))
    only_gas = GAS.replace(line, f"{ids:<32}{'':<32}{ids}")
    message = one(only_gas)
    assert message.measurement_id == ids
    assert message.detector_background_id == ""
    assert message.gas_background_id == ids


def test_nothing_of_use_is_refused_with_a_place() -> None:
    with pytest.raises(BadRecordError, match=r"x\.phd, line 1, message.*DATA_TYPE line"):
        read("BEGIN IMS2.0\nMSG_TYPE DATA\nSTOP\n", strict=True)
    assert read("BEGIN IMS2.0\nDATA_TYPE SAMPLEPHD\nSTOP\n").pulse_heights == ()


def test_what_became_of_a_count_below_zero_is_told_as_it_is() -> None:
    before, histogram, after = block(GAS, "Histogram")
    rows = histogram.split("\n")
    rows[2] = "-7 " + rows[2].split(" ", 1)[1]
    text = before + "\n".join(rows) + after
    message = one(text)
    assert message.histogram is not None
    assert message.histogram.counts[0, 0] == 0
    told = [w for w in warnings(text) if "#Histogram counts" in w]
    assert len(told) == 1
    assert told[0].endswith("'-7' is not 0 or more; counts below 0 of this block are taken as 0")


def without(text: str, *names: str) -> str:
    for name in names:
        start = text.index(f"#{name}")
        end = min(k for mark in ("\n#", "\nSTOP") if (k := text.find(mark, start)) > 0)
        text = text[:start] + text[end + 1 :]
    return text


def test_blocks_tell_the_system_where_no_header_does() -> None:
    bare = without(GAS, "Header")
    assert one(bare).system is DetectorSystem.BETA_GAMMA
    assert "#Header" in "\n".join(warnings(bare))
    told = [i.text for i in issues(bare) if i.code == "formats.system_by_blocks"]
    assert told == ["the system is taken as B: the message has #Histogram"]
    left = without(bare, "Histogram", "b_Spectrum", "b_Energy", "b_Resolution")
    assert one(left).system is DetectorSystem.BETA_GAMMA
    assert one(without(FILTER, "Header")).system is DetectorSystem.PARTICULATE
    assert one(without(FILTER, "Header", "Sample")).system is DetectorSystem.UNKNOWN


def test_a_histogram_decides_against_a_letter_that_speaks_of_a_filter() -> None:
    assert "XEX99_002 B " in GAS
    for letter in "P?":
        text = GAS.replace("XEX99_002 B ", f"XEX99_002 {letter} ")
        assert one(text).system is DetectorSystem.BETA_GAMMA
        assert [i.code for i in issues(text)].count("formats.system_by_blocks") == 1
    assert one(GAS.replace("XEX99_002 B ", "XEX99_002 G ")).system is DetectorSystem.GAS_HPGE
