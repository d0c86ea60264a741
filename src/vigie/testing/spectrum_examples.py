"""Made-up spectrum files of every kind that is read, from a fixed seed: no real data."""

from __future__ import annotations

import struct

from vigie.testing.radionuclide_examples import line_spectrum


def n42_text() -> bytes:
    """Return an N42-2012 file of two detectors, one of them with runs of zeros."""
    counts = line_spectrum(128, 16.0)
    plain = " ".join(map(str, counts.tolist()))
    zeros: list[int] = []
    for count in counts.tolist():
        if count or not zeros or zeros[-2:-1] != [0]:
            zeros += [count] if count else [0, 1]
        else:
            zeros[-1] += 1
    packed = " ".join(map(str, zeros))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<RadInstrumentData xmlns="http://physics.nist.gov/N42/2011/N42">
<RadInstrumentInformation id="I1">
<RadInstrumentManufacturerName>Nobody</RadInstrumentManufacturerName>
<RadInstrumentIdentifier>42</RadInstrumentIdentifier>
<RadInstrumentModelName>Made up</RadInstrumentModelName>
<RadInstrumentClassCode>Other</RadInstrumentClassCode>
</RadInstrumentInformation>
<RadDetectorInformation id="A1"><RadDetectorCategoryCode>Gamma</RadDetectorCategoryCode>
</RadDetectorInformation>
<RadDetectorInformation id="A2"><RadDetectorCategoryCode>Gamma</RadDetectorCategoryCode>
</RadDetectorInformation>
<EnergyCalibration id="E1"><CoefficientValues>-0.25 16.0 1e-5</CoefficientValues>
</EnergyCalibration>
<EnergyCalibration id="E2"><CoefficientValues>0.5 15.75 0</CoefficientValues>
</EnergyCalibration>
<FWHMCalibration id="F1"><EnergyValues>88.0 661.65 1838.01</EnergyValues>
<FWHMValues>1.405 1.649 2.134</FWHMValues></FWHMCalibration>
<RadMeasurement id="M1"><MeasurementClassCode>Foreground</MeasurementClassCode>
<StartDateTime>2020-03-01T08:15:00.25+01:00</StartDateTime>
<RealTimeDuration>PT7200.5S</RealTimeDuration>
<Spectrum id="S1" radDetectorInformationReference="A1" energyCalibrationReference="E1">
<LiveTimeDuration>PT7100.32S</LiveTimeDuration>
<ChannelData>{plain}</ChannelData></Spectrum>
<Spectrum id="S2" radDetectorInformationReference="A2" energyCalibrationReference="E2">
<LiveTimeDuration>PT7099.32S</LiveTimeDuration>
<ChannelData compressionCode="CountedZeroes">{packed}</ChannelData></Spectrum>
</RadMeasurement>
</RadInstrumentData>
""".encode()


def spe_text() -> bytes:
    """Return an SPE file as GammaVision writes it."""
    counts = line_spectrum(200, 10.0)
    rows = "\n".join(f"{count:8d}" for count in counts.tolist())
    return f"""$SPEC_ID:
Filter of a made-up station
$SPEC_REM:
DET# 1
DETDESC# none
AP# none
$DATE_MEA:
03/01/2020 07:15:00
$MEAS_TIM:
7100 7200
$DATA:
0 {len(counts) - 1}
{rows}
$ROI:
0
$PRESETS:
None
0
0
$ENER_FIT:
-0.250000 10.000000
$MCA_CAL:
3
-2.500000E-001 1.000000E+001 0.000000E+000 keV
$SHAPE_CAL:
3
2.500000E-001 1.000000E-004 0.000000E+000
""".encode()


def chn_bytes() -> bytes:
    """Return an ORTEC CHN file of integers, with the calibration of its tail."""
    counts = line_spectrum(128, 16.0)
    head = struct.pack("<hHH2sii8s4sHH", -1, 1, 1, b"00", 360_000, 355_000, b"01MAR201", b"0715",
                       0, len(counts))  # fmt: skip
    tail = struct.pack("<hhffffff", -102, 0, -0.25, 16.0, 0.0, 1.5, 0.01, 0.0)
    text = b"a made-up counter".ljust(63)
    tail = tail.ljust(256, b"\x00") + bytes([len(b"a made-up counter")]) + text
    return head + counts.astype("<u4").tobytes() + tail.ljust(512, b"\x00")


def through_library(kind: str) -> bytes:
    """Return one spectrum as SpecUtils writes it: ``Pcf``, ``SpcBinaryInt``, ``Cnf`` ..."""
    import io

    import SpecUtils

    spec_file, written = SpecUtils.SpecFile(), io.BytesIO()
    spec_file.loadFromN42(io.BytesIO(n42_text()))
    spec_file.writeToStream(written, [1], ["A1"], getattr(SpecUtils.SaveSpectrumAsType, kind))
    return written.getvalue()


def address_text() -> bytes:
    """Return a spectrum in an address: no compression, counts as text, base-64."""
    import base64

    counts = line_spectrum(128, 16.0).tolist()
    listed = ",".join(map(str, counts))
    fields = f"I:F T:7200,7100 C:-0.25,16 M:none P:20200301T071500 O:made up S:{listed}"
    # 0x1D: neither deflated nor runs of zeros, counts as text, base-64.
    return b"RADDATA://G0/1D00/" + base64.urlsafe_b64encode(fields.encode()).rstrip(b"=")


_POINT = "keV_eff_%err_effw_%cnvrg(i)_%cnvrg(i-1)_pntsN: {} 1.7e-3 0.191 -0.16 11119"
ECC = "\n".join(
    (
        "SGI_template: CIRCULAR_PLANE",
        "Detector_name: NONE",
        "",
        "Convrgence_[%]: 1.0000",
        "Date_Time: Thu_Oct_12_11:48:16_2023",
        *map(_POINT.format, ("45.00 2.5e-3 15.0", "661.65 1.25e-2 4.0", "1332.50 7.5e-3 4.0")),
        "",
    )
).encode()
"""An efficiency curve as ISOCS writes it."""
EFFICIENCY_CSV = b"energy_kev,efficiency,sigma\n59.54,0.0912,0.002\n661.66,0.0413,0.001\n"
