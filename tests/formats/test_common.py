"""Every format meets the contract: recognised, read, written back, unharmed by bad bytes.

Adding a format means adding rows to CASES (examples made here) and, where ``../shared/data``
or ObsPy's packaged records have some, to FILES.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.formats.test_pmcc_bulletin import OLD_ROW, matlab, product

from vigie.errors import UnknownFormatError
from vigie.formats import Contents, Source, all_formats, detect_format, format_named
from vigie.formats.codecs import encode_canadian
from vigie.formats.css_stations._tables import LAYOUTS
from vigie.formats.css_waveform._table import WIDE as WFDISC_WIDE
from vigie.formats.fixed_columns import new_row, write_table
from vigie.formats.ims_waveform._write import write_message
from vigie.geodesy import KM_PER_DEG
from vigie.records import (
    Amplitude,
    Association,
    Bulletin,
    Detection,
    Event,
    Magnitude,
    Origin,
    Technology,
    parse_iso,
)
from vigie.testing import arl_examples as arl
from vigie.testing import examples
from vigie.testing import formats as suite
from vigie.testing import radionuclide_examples as rn
from vigie.testing import spectrum_examples as files
from vigie.testing import weather_examples as weather
from vigie.testing.formats import FormatCase, case_of_contents
from vigie.testing.sample_examples import sample_analysis

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.formats import Format
    from vigie.formats.fixed_columns import Value

WAVES = Contents(waveforms=examples.integer_waveforms())
FLOATS = Contents(waveforms=(examples.float_waveform(),))
STATION = Contents(stations=(examples.three_component_station(),))
STATIONS = Contents(stations=(examples.three_component_station(), examples.array_station()))


def ims_integers() -> Source:
    return Source("example.gse2", write_message(WAVES, encoding="INT", version="GSE2.1"))


def compressed() -> Source:
    """Return a wfdisc table of the wide variant whose samples are compressed."""
    samples = WAVES.waveforms[0].samples[:300].astype(np.int32)
    blocks = [("cc", encode_canadian(samples)), ("e1", examples.e1_block(samples, 2) * 2)]
    rows, offset = [], 0
    for data_type, block in blocks:
        values: dict[str, Value] = {
            "sta": "CMPR",
            "chan": f"BH{data_type[0].upper()}",
            "time": WAVES.waveforms[0].start_ns,
            "nsamp": len(samples) * (2 if data_type == "e1" else 1),
            "samprate": 20.0,
            "calib": 0.0123,
            "calper": 1.0,
            "datatype": data_type,
            "dir": ".",
            "dfile": "cmpr.w",
            "foff": offset,
        }
        rows.append(new_row(WFDISC_WIDE, values))
        offset += len(block)
    data = b"".join(block for _, block in blocks)
    return Source("x.wfdisc", write_table(rows), {"cmpr.w": data}.get)


def with_response() -> Source:
    """Return tables whose instrument names a response file; written tables have none."""
    files = format_named("css_stations").write(STATION)
    response = b"# counts/nm\ntheoretical 1 instrument fap vigie\n3\n0.1 1 0\n1.0 10 5\n10 1 9\n"
    instrument = new_row(
        LAYOUTS["instrument"][0],
        {
            "inid": 1,
            "samprate": 40.0,
            "ncalib": 0.1,
            "ncalper": 1.0,
            "dir": "responses",
            "dfile": "a.fap",
        },
    )
    named = {f"x{ending}": data for ending, data in files.items()}
    named |= {"x.instrument": write_table([instrument]), "responses/a.fap": response}
    return Source("x.site", named["x.site"], named.get)


def library_file(kind: str) -> Source:
    """Return a spectrum as SpecUtils writes it."""
    return Source("x", files.through_library(kind))


def older_matlab() -> Source:
    """Return the older form of ten columns, as MATLAB saves it."""
    return matlab({"remark": "PMCC", "bull_I02AR": np.array([OLD_ROW, (734659.0, *OLD_ROW[1:])])})


def weather_classic() -> Source:
    """Return fields of one level in the classic format."""
    return Source("x.nc", weather.era5_surface().data("NETCDF3_64BIT_DATA"))


ORIGIN = Origin(
    id="5", time_ns=parse_iso("2016-01-06T01:30:01.5Z"), latitude=41.25, longitude=-179.5,
    depth_km=0.0, depth_fixed=True, depth_reason="operator", n_defining=1, author="vigie",
    analysis="",
    associations=(
        Association(detection_id="71", station="ILAR", phase="P", delta_deg=53.25, esaz_deg=40.5,
                    time_residual_s=-0.5, time_defining=True),
    ),
)  # fmt: skip
EVENT = Event(
    id="3", origins=(ORIGIN,), preferred_id="5", region="NORTH KOREA",
    detections=(
        Detection(id="71", station="ILAR", time_ns=parse_iso("2016-01-06T01:38:21.5Z"), phase="P",
                  azimuth_deg=301.5, slowness_s_per_deg=6.5, snr=40.5, amplitude_nm=12.5,
                  period_s=0.5, onset="i", first_motion="c", analysis="", author=""),
    ),
    magnitudes=(Magnitude(type="mb", value=4.5, n_stations=1, origin_id="5"),),
)  # fmt: skip
EVENTS = Contents(bulletin=Bulletin(name="SEL1", events=(EVENT,)))
"""One event that every bulletin format holds."""
ARRIVALS = Contents(bulletin=Bulletin(detections=EVENT.detections))
MEASURED = replace(
    EVENT, detections=(replace(EVENT.detections[0], time_sigma_s=0.25, azimuth_deg_sigma=2.5,
                               freq_hz=1.5, freq_hz_sigma=0.125),),
)  # fmt: skip
PICKED = Event(id="3", origins=(), detections=(replace(EVENT.detections[0], group="3"),))
INFRAPY = b"""[
  {"Name": "A1", "Time (UTC)": "2010-01-01T12:40:31", "F Stat.": 10.0, "Back Azimuth": -12.5,
   "Latitude": 33.6, "Longitude": -116.4, "Elevation (m)": null, "Array Dim.": 5},
  {"Name": "", "Peak F-Stat Time (UTC)": "2010-01-01T12:50:31.5", "Trace Velocity (m/s)": 350.0,
   "Back Azimuth": 80, "Latitude": -41.25, "Longitude": 174.5, "Start": -5, "End": 25}
]
"""
PLAIN = Detection(
    id="I02AR-2011-06-04T18:45:00Z-211.2", station="I02AR", phase="I", azimuth_deg=211.25,
    time_ns=parse_iso("2011-06-04T18:45:00Z"), slowness_s_per_deg=1e3 * KM_PER_DEG / 343.5,
    trace_velocity_m_s=343.5, technology=Technology.INFRASOUND, duration_s=65.5, freq_hz=1.25,
    band_hz=(0.5, 2.0), period_s=0.75, family_size=41, correlation=0.75, consistency_s=0.0625,
    pseudo_period_s=0.875, n_elements=8, author="", method="PMCC",
    amplitudes=(Amplitude(type="beam:rms", value=0.0125, unit="Pa"),
                Amplitude(type="beam:max", value=0.0625, unit="Pa")),
)  # fmt: skip
"""A family with all that the sixteen columns hold, but no Fisher ratio."""
BULLETIN = Contents(bulletin=Bulletin(detections=(PLAIN,)))
SOUND = Contents(
    bulletin=Bulletin(
        detections=(
            replace(PLAIN, id="1", azimuth_deg_sigma=1.5, p_value=1e-7, n_elements=None,
                    time_ns=PLAIN.time_ns + 123_456_789, elements=("I02H1", "I02H2"),
                    fisher_ratio=12.5, snr=2.5, author="vigie"),
            replace(PLAIN, id="2", station="X-1", phase="N", trace_velocity_m_s=506.1234567890123,
                    slowness_s_per_deg=None, duration_s=None, band_hz=None, amplitudes=()),
        )
    )
)  # fmt: skip
TRACER = b"""\\datem\\exp_data\\made\\up.txt
year mn dy  shr  dur   lat     lon    pmch  stn
2000 01 31 2100 0300 39.65  -80.42      .0  302
2000 01 31 2100 0600 40.38  -80.63   109.2  306
2000 02 01 0000 0300 39.65  -80.42    15.6  302
"""
SAMPLERS = b"made up\nstn lat lon\n1001 47.50 9.73\n9806 50.90 -.33\n"
PMCC = b"""% PMCC
734658.78125 65.5 211.25 0.3435 0.0125 1.25 0.5 2 41 0.75 0.875 0.0625 12.5 8 0.0625 0.75
734658.8 30 NaN 0.351 0.01 1 0.5 2 12 1 1 0.02 9 7 0.05 0.7
"""
TRUTH = b"id,time,latitude,longitude,depth_km,magnitude\nx,2017-01-06T05:06:21Z,43.6,-108.7,5,3\n"
SENSITIVITY = Contents(sensitivities=(examples.sensitivity(),))
LON_FIRST = b"""-121.55  47.60  20190804 15  20190805 15 1.30E+15   120   3   3 0.50 0.50 "USP70"
-121.50  47.50     1  2.5000000E+00
 122.00  48.00    40  1.2500000E-06
"""
AIR = b"""station,nuclide,collection_start,collection_stop,concentration,uncertainty,mdc,unit
USP70,Xe-133,2019-08-04T15:00:00Z,2019-08-05T15:00:00Z,0.25,0.05,0.2,mBq/m3
USP70,Xe-131m,2019-08-04T15:00:00Z,2019-08-05T15:00:00Z,0.01,0.05,0.2,mBq/m3
"""
SEISCOMP = b"""<?xml version="1.0" encoding="UTF-8"?>
<seiscomp xmlns="http://geofon.gfz-potsdam.de/ns/seiscomp3-schema/0.13" version="0.13">
<EventParameters><pick publicID="p1"><time><value>2025-04-11T09:24:51.899999Z</value></time>
<waveformID networkCode="CX" stationCode="PATCX"/></pick>
<origin publicID="o1"><time><value>2025-04-11T09:24:43.0Z</value></time>
<latitude><value>-21.2</value></latitude><longitude><value>-70.2</value></longitude>
<arrival><pickID>p1</pickID><phase>P</phase><weight>1</weight></arrival></origin>
<event publicID="e1"><preferredOriginID>o1</preferredOriginID>
<originReference>o1</originReference></event></EventParameters></seiscomp>
"""

CASES: list[FormatCase] = [
    case_of_contents("mseed", "integers with a gap", WAVES),
    case_of_contents("mseed", "floats", FLOATS),
    case_of_contents("sac", "floats", FLOATS),
    case_of_contents("ims_waveform", "CM6", WAVES, is_text=True),
    case_of_contents("css_waveform", "integers with a gap", WAVES),
    FormatCase("ims_waveform", "INT", lambda: ims_integers(), is_text=True, is_exact=False),
    case_of_contents("css_waveform", "floats", FLOATS),
    FormatCase("css_waveform", "Canadian and e1", lambda: compressed(), is_exact=False),
    FormatCase("css_stations", "with a response", lambda: with_response(), is_exact=False),
    case_of_contents("css_stations", "station and array", STATIONS, is_text=True),
    case_of_contents("station_csv", "station and array", STATIONS, is_text=True),
    case_of_contents("stationxml", "one station", STATION, is_text=True),
    case_of_contents("vigie_json", "an event", EVENTS, is_text=True),
    case_of_contents("vigie_json", "an arrival", ARRIVALS, is_text=True),
    case_of_contents("isf", "an event", EVENTS, is_text=True),
    case_of_contents("isf", "an arrival", ARRIVALS, is_text=True),
    case_of_contents(
        "isf", "standard errors", Contents(bulletin=Bulletin(events=(MEASURED,))), is_text=True
    ),
    case_of_contents("gse_bulletin", "an event", EVENTS, is_text=True),
    case_of_contents("css_bulletin", "an event", EVENTS, is_text=True),
    case_of_contents("css_bulletin", "an arrival", ARRIVALS, is_text=True),
    case_of_contents("quakeml", "an event", EVENTS, is_text=True),
    case_of_contents("arrival_csv", "an arrival", ARRIVALS, is_text=True),
    case_of_contents(
        "arrival_csv", "a group", Contents(bulletin=Bulletin(events=(PICKED,))), is_text=True
    ),
    case_of_contents("g2s", "a profile", Contents(profiles=(examples.profile(),)), is_text=True),
    *(
        case_of_contents(name, title, contents, is_text=name == "pmcc_csv")
        for name in ("pmcc_csv", "pmcc_mat", "pmcc_netcdf")
        for title, contents in (("two arrays", SOUND), ("sixteen columns", BULLETIN))
    ),
    FormatCase("pmcc_csv", "no names", lambda: Source("I02AR.txt", PMCC), is_exact=False),
    FormatCase("pmcc_mat", "compressed, ten columns", lambda: older_matlab(), is_exact=False),
    FormatCase("pmcc_netcdf", "a product of BGR", lambda: product(), is_exact=False),
    FormatCase("infrapy_json", "two arrays", lambda: Source("x.json", INFRAPY), is_text=True),
    FormatCase("event_csv", "one event", lambda: Source("x.csv", TRUTH), is_text=True),
    FormatCase("sc3ml", "one event", lambda: Source("x.xml", SEISCOMP), is_text=True),
    *(
        case_of_contents("ims_radionuclide", title, Contents(pulse_heights=messages), is_text=True)
        for title, messages in (
            ("particulate", (rn.particulate_sample(),)),
            ("beta-gamma", (rn.noble_gas_sample(),)),
            ("two messages", (rn.calibration_message(), rn.particulate_sample(first_channel=0))),
        )
    ),
    FormatCase(
        "ims_radionuclide",
        "state, weather, alert",
        lambda: Source("x.phd", rn.STATES),
        is_text=True,
        is_exact=False,
    ),
    FormatCase("gamma_spectrum", "N42", lambda: Source("x.n42", files.n42_text()), is_text=True),
    FormatCase("gamma_spectrum", "SPE", lambda: Source("x.spe", files.spe_text()), is_text=True),
    FormatCase("gamma_spectrum", "CHN", lambda: Source("x.chn", files.chn_bytes())),
    *(
        FormatCase("gamma_spectrum", kind, partial(library_file, kind))
        for kind in ("Pcf", "SpcBinaryInt", "SpcBinaryFloat", "Cnf")
    ),
    FormatCase("gamma_spectrum", "address", lambda: Source("x.txt", files.address_text())),
    case_of_contents(
        "sample_json", "an analysis", Contents(samples=(sample_analysis(),)), is_text=True
    ),
    FormatCase("arl_weather", "two times", lambda: Source("x.bin", arl.arl_file(*arl.two_times()))),
    FormatCase("datem", "samples", lambda: Source("x.txt", TRACER), is_text=True),
    FormatCase("datem", "stations", lambda: Source("x.txt", SAMPLERS), is_text=True),
    FormatCase("efficiency", "ECC", lambda: Source("x.ecc", files.ECC), is_text=True),
    *(
        case_of_contents(name, "an ensemble", SENSITIVITY, is_text=name == "srm")
        for name in ("srm", "srm_gz", "srs_netcdf")
    ),
    FormatCase(
        "srm", "longitude first", lambda: Source("x.srm", LON_FIRST), is_text=True, is_exact=False
    ),
    FormatCase("air_sample_csv", "a sample", lambda: Source("x.csv", AIR), is_text=True),
    FormatCase("weather_netcdf", "ERA5", lambda: Source("x.nc", weather.era5().data())),
    FormatCase("weather_netcdf", "one level", lambda: weather_classic()),
    FormatCase("weather_grib", "edition 1", lambda: Source("x.grb", weather.grib(1))),
    FormatCase("weather_grib", "edition 2", lambda: Source("x.grib2", weather.grib(2))),
    FormatCase("efficiency", "table", lambda: Source("x.csv", files.EFFICIENCY_CSV), is_text=True),
]
"""Examples that need no file, one row each."""

FILES: list[tuple[str, str]] = [
    ("mseed", "seismic/dprk/2016-01-06/*.mseed"),
    ("mseed", "infrasound/hrr5/*.mseed"),
    ("ims_waveform", "formats/waveform/*.response"),
    ("ims_waveform", "formats/waveform/autodrm_reply.txt"),
    ("css_waveform", "formats/waveform/[st][34].wfdisc"),
    ("css_stations", "stations/css3/ims.site"),
    ("station_csv", "seismic/dprk/*/stations.csv"),
    ("station_csv", "arrivals/glass3/stations.csv"),
    ("stationxml", "seismic/nuclear_archive/stationxml/KTK*.xml"),
    ("arrival_csv", "arrivals/engdahl/[ap]*.csv"),
    ("event_csv", "arrivals/glass3/truth_events.csv"),
    ("event_csv", "bulletins/leb*.csv"),
    ("g2s", "infrasound/g2s/g2stxt_*.dat"),
    ("g2s", "infrasound/g2s/*.met"),
    ("infrapy_json", "infrasound/*/*dets.json"),
    ("infrapy_json", "infrasound/hrr5/peer_detections.json"),
    ("sc3ml", "arrivals/locsat/events/gempa2025hd*.xml"),
    ("ims_radionuclide", "radionuclide/phd/*.PHD"),
    ("gamma_spectrum", "radionuclide/gamma/*[!n].n42"),
    ("gamma_spectrum", "radionuclide/gamma/becq_[!n]*.sp[ec]"),
    ("gamma_spectrum", "radionuclide/gamma/*.cnf"),
    ("gamma_spectrum", "radionuclide/gamma/*/*.pcf"),
    ("gamma_spectrum", "radionuclide/gamma/*/*.raddata.txt"),
    ("gamma_spectrum", "radionuclide/gamma/in_situ/location[1345].n42"),
    ("efficiency", "radionuclide/gamma/in_situ/*.ecc"),
    ("datem", "transport/tracer/*/*.txt"),
    ("arl_weather", "transport/met/hysplit/gdas*"),
    ("weather_netcdf", "transport/met/era/*.nc"),
    ("weather_netcdf", "transport/met/synthetic/*.nc"),
    ("weather_grib", "transport/met/era/*.grib"),
    ("weather_grib", "transport/met/gfs/*"),
]
"""Real files below ``../shared/data``, one pattern each."""

FORMATS = {one.name: one for one in all_formats()}
each_case = pytest.mark.parametrize("case", CASES, ids=str)
each_format = pytest.mark.parametrize("format_", FORMATS.values(), ids=list(FORMATS))
each_pattern = pytest.mark.parametrize(("name", "pattern"), FILES, ids=lambda text: str(text))


def source_of(path: Path) -> Source:
    """Return a file as a source, with the files beside it as companions."""

    def companion(relative: str) -> bytes | None:
        beside = path.parent / relative
        return beside.read_bytes() if beside.is_file() else None

    return Source(str(path), path.read_bytes(), companion)


def cases_of(shared_data: Path, name: str, pattern: str) -> list[FormatCase]:
    paths = sorted(shared_data.glob(pattern))
    assert paths, f"nothing fits {pattern}"
    return [FormatCase(name, path.name, partial(source_of, path)) for path in paths[:12]]


@each_case
def test_format_recognises_its_own_example(case: FormatCase) -> None:
    suite.check_recognised(case)


@each_case
def test_no_other_format_claims_the_example(case: FormatCase) -> None:
    suite.check_claims_only(case, FORMATS.values())


@each_case
def test_example_is_read_without_a_warning(case: FormatCase) -> None:
    suite.check_reads(case)


@each_case
def test_what_is_written_and_read_again_is_the_same(case: FormatCase) -> None:
    suite.check_written_back(case)


@each_case
def test_line_ends_do_not_matter(case: FormatCase) -> None:
    suite.check_line_ends(case)


@each_case
def test_cut_off_examples_do_no_harm(case: FormatCase) -> None:
    suite.check_truncated(case)


@each_format
def test_noise_is_not_claimed_and_does_no_harm(format_: Format) -> None:
    suite.check_not_claimed(format_, np.random.default_rng(1))


@each_format
def test_empty_file_is_not_claimed_and_does_no_harm(format_: Format) -> None:
    suite.check_empty(format_)


@each_format
def test_what_cannot_be_written_is_refused_by_an_error_of_ours(format_: Format) -> None:
    for contents in (WAVES, FLOATS, STATIONS):
        if not any(getattr(contents, name) for name in format_.writes):
            suite.check_errors_are_ours(format_, contents)


def test_every_format_has_an_example() -> None:
    assert set(FORMATS) == {case.format_name for case in CASES}


@pytest.mark.data
@pytest.mark.slow
@each_pattern
def test_real_files_are_claimed_by_one_format_and_written_back(
    shared_data: Path, name: str, pattern: str
) -> None:
    for case in cases_of(shared_data, name, pattern):
        suite.check_claims_only(case, FORMATS.values())
        suite.check_reads(case)
        suite.check_written_back(case)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_text_in_utf16_is_named(encoding: str) -> None:
    text = "\ufeffstation,time\nA,0\n" if encoding != "utf-16" else "station,time\nA,0\n"
    with pytest.raises(UnknownFormatError, match=r"UTF-16.*save it as UTF-8"):
        detect_format(Source("a.csv", text.encode(encoding)))
