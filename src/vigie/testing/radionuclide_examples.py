"""Made-up messages and spectra of radionuclide stations, from a fixed seed: no real data."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from vigie.records import (
    Acquisition,
    Calibration,
    CalibrationPoint,
    CertificateLine,
    Collection,
    DetectorSystem,
    FilterGeometry,
    Histogram,
    InterferenceRatio,
    PhdType,
    PulseHeight,
    RegionEfficiency,
    RegionLimits,
    Spectrum,
    XenonProcessing,
    parse_iso,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DETECTOR = "XEP99_001"
_START_NS = parse_iso("2020-03-01T07:15:00.25Z")
_SENT_NS = parse_iso("2020-03-02T09:00:00Z")
_ROLES = {PhdType.SAMPLE: "sample", PhdType.CALIBRATION: "calibration"}
_TAKEN = Collection(
    start_ns=parse_iso("2020-02-28T07:00:00Z"),
    stop_ns=parse_iso("2020-02-29T07:00:00Z"),
    air_volume_m3=21543.75,
)


def _counted(real_time_s: float) -> Acquisition:
    return Acquisition(
        start_ns=_START_NS, real_time_s=real_time_s, live_time_s=round(0.99 * real_time_s, 2)
    )


def _points(*rows: tuple[float, float, float], mode: str = "") -> tuple[CalibrationPoint, ...]:
    return tuple(CalibrationPoint(energy_kev=e, value=v, sigma=s, mode=mode) for e, v, s in rows)


def _line_spectrum(n_channels: int, gain_kev: float) -> NDArray[np.int64]:
    """Return counts of a falling continuum with four lines."""
    rng = np.random.default_rng(20200301)
    channels = np.arange(n_channels)
    mean = 40.0 * np.exp(-channels * gain_kev / 700.0)
    for energy, area in ((238.6, 900.0), (477.6, 2000.0), (609.3, 400.0), (1460.8, 800.0)):
        width = (0.6 + 0.02 * np.sqrt(energy)) / gain_kev
        mean += area / width / 2.507 * np.exp(-0.5 * ((channels - energy / gain_kev) / width) ** 2)
    counts: NDArray[np.int64] = rng.poisson(mean).astype(np.int64)
    return counts


def _spectrum(
    message: PulseHeight, counts: NDArray[np.int64], first_channel: int, span_kev: float
) -> Spectrum:
    counted = message.acquisition
    return Spectrum(
        counts=counts,
        first_channel=first_channel,
        start_ns=counted.start_ns if counted else None,
        real_time_s=counted.real_time_s if counted else None,
        live_time_s=counted.live_time_s if counted else None,
        calibration=message.gamma_calibration,
        energy_span_kev=span_kev,
        detector=message.detector,
        title=message.measurement_id,
        role=_ROLES.get(message.type, "background"),
        simulated=message.simulated,
    )


def particulate_sample(*, first_channel: int = 1, n_channels: int = 256) -> PulseHeight:
    """Return a preliminary message of a particulate station, its channels numbered from 1."""
    from dataclasses import replace

    gain = 2000.0 / n_channels
    message = PulseHeight(
        type=PhdType.SAMPLE, station="XEP99", detector=_DETECTOR,
        system=DetectorSystem.PARTICULATE, geometry="DISC 70x5", full=False,
        sample_id="99202002280711G", measurement_id=f"{_DETECTOR}-2020/03/01-07:15:00.2",
        detector_background_id=f"{_DETECTOR}-2020/01/11-10:00:00.0", transmitted_ns=_SENT_NS,
        message_id="20200302090000123", message_source="XEP_NDC",
        comment="Made up.\n\nFilter changed in rain", collection=_TAKEN,
        acquisition=_counted(7200.0),
        filter=FilterGeometry(diameter_cm=7.0, thickness_cm=0.5),
        gamma_calibration=Calibration(
            energy=_points((59.54, 59.54 / gain + 1, 0.01), (661.66, 661.66 / gain + 1, 0.01)),
            resolution=_points((59.54, 0.81, 0.02), (661.66, 1.32, 0.02)),
            efficiency=_points((59.54, 0.0912, 2e-3), (661.66, 0.0413, 1e-3)),
            total_efficiency=_points((59.54, 0.121, 3e-3), (661.66, 0.1725, 4e-3)),
            calibrated_ns=parse_iso("2019-11-05T12:00:00Z"),
        ), simulated=True,
    )  # fmt: skip
    counts = _line_spectrum(n_channels, gain)
    return replace(message, gamma=_spectrum(message, counts, first_channel, 2000.0))


def noble_gas_sample(*, n_gamma: int = 40, n_beta: int = 32) -> PulseHeight:
    """Return a full message of a beta-gamma station with all its tables, 18 ratios."""
    from dataclasses import replace

    rng = np.random.default_rng(20200302)
    gamma_span, beta_span = 720.0, 550.0
    beta = Calibration(
        energy=_points((129.37, 129.37 * n_beta / beta_span, 0.1), mode="C")
        + _points((346.4, 346.4 * n_beta / beta_span, 0.2), mode="B"),
        resolution=_points((129.37, 30.1, 0.5), (346.4, 70.2, 1.5)),
        calibrated_ns=parse_iso("2019-11-05T12:00:00.5Z"),
    )
    message = PulseHeight(
        type=PhdType.SAMPLE, station="XEX99", detector="XEX99_002",
        system=DetectorSystem.BETA_GAMMA, geometry="CYLINDER", sample_id="99202002291911X",
        measurement_id="XEX99_002-2020/03/01-07:15:00.2",
        detector_background_id="XEX99_002-2020/01/11-10:00:00.0", gas_background_id="",
        transmitted_ns=_SENT_NS, message_id="20200302090000124",
        collection=Collection(
            start_ns=parse_iso("2020-02-29T12:00:00Z"), stop_ns=parse_iso("2020-03-01T00:00:00Z"),
            air_volume_m3=14.25,
        ),
        acquisition=_counted(40320.5),
        processing=XenonProcessing(volume_cm3=1.2125, volume_sigma_cm3=0.05, recovery=0.975,
                                   recovery_sigma=0.04, bottle_id="17"),
        gamma_calibration=Calibration(
            energy=_points((81.0, 81.0 * n_gamma / gamma_span, 0.05),
                           (661.66, 661.66 * n_gamma / gamma_span, 0.05)),
            resolution=_points((81.0, 11.7, 0.2)), efficiency=_points((81.0, 0.72, 0.1)),
            calibrated_ns=beta.calibrated_ns,
        ),
        beta_calibration=beta,
        regions=tuple(
            RegionLimits(roi=roi, beta_low=29.8, beta_high=394.14 - roi, gamma_low=19.25 + roi,
                         gamma_high=384.7 - 30 * roi)
            for roi in range(1, 11)
        ),
        coincidence_efficiencies=(
            RegionEfficiency(nuclide="Xe-135", roi=2, efficiency=0.51, sigma=0.004),
            RegionEfficiency(nuclide="Xe-131m", roi=5, efficiency=0.6, sigma=0.005),
            RegionEfficiency(nuclide="Xe-133m", roi=6, efficiency=0.59, sigma=0.005),
            *(RegionEfficiency(nuclide="Xe-133", roi=roi, efficiency=0.55 - 0.03 * roi, sigma=0.02)
              for roi in (3, 4, 7, 8, 9, 10)),
        ),
        ratios=tuple(
            InterferenceRatio(name=name, roi_high=high, roi_low=low, ratio=0.65 / low, sigma=0.0083)
            for name, high, low in _ratio_names()
        ),
    )  # fmt: skip
    coincidences = rng.poisson(0.7, (n_gamma, n_beta)).astype(np.int64)
    gamma = coincidences.sum(axis=1) + rng.poisson(300.0, n_gamma)
    electrons = coincidences.sum(axis=0) + rng.poisson(200.0, n_beta)
    return replace(
        message,
        gamma=_spectrum(message, gamma.astype(np.int64), 0, gamma_span),
        beta=replace(
            _spectrum(message, electrons.astype(np.int64), 0, beta_span), calibration=beta
        ),
        histogram=Histogram(
            counts=coincidences, gamma_span_kev=gamma_span, beta_span_kev=beta_span
        ),
    )


def _ratio_names() -> list[tuple[str, int, int]]:
    lead = [("PB214_352:242", 1, 2), ("PB214_352:80", 1, 3)]
    lead += [(f"PB214_352:30_{roi}", 1, roi) for roi in range(4, 11)]
    xenon = [(f"XE133-{roi}_81:30", 3, roi) for roi in range(4, 11)]
    return [*lead, *xenon, ("XE131M_5:6", 5, 6), ("XE133M_6:5", 6, 5)]


def calibration_message() -> PulseHeight:
    """Return a calibration of a gas HPGe detector with its source's certificate."""
    from dataclasses import replace

    sample = particulate_sample(first_channel=0, n_channels=64)
    message = replace(
        sample, type=PhdType.CALIBRATION, system=DetectorSystem.GAS_HPGE, collection=None,
        filter=None, full=True, simulated=False, comment="", sample_id="99202003011200K",
        certificate=(
            CertificateLine(nuclide="", text="3700 2020/01/01 00:00:00 B"),
            CertificateLine(nuclide="Xe-133", text="XE-133 5.2474 D 3700 2.5 81.0 38.0"),
        ), gamma=None,
    )  # fmt: skip
    return replace(message, gamma=_spectrum(message, _line_spectrum(64, 31.25), 0, 2000.0))


STATES = b"""BEGIN IMS2.0
MSG_TYPE DATA
MSG_ID 20200301020000001 XEP_NDC
DATA_TYPE RMSSOH
#Header 3
XEP99 XEP99_001 P FULL
2020/03/01 00:00:00 2020/03/01 00:20:00 2020/03/01 00:21:12
#AirSamplerFlow
871.25 3.5 2020/03/01 00:00:00 2020/03/01 00:10:00
869.5 3.25 2020/03/01 00:10:00 2020/03/01 00:20:00
#DetEnv
21.5 CLOSED 45 3500 -185.5 30.25 0.125 2020/03/01 00:00:00 2020/03/01 00:10:00
#PowerSupply
MAIN ON AUX OFF UPS ON 2020/03/01 00:00:00 2020/03/01 00:10:00
#EquipStatus
C:99202003010711G P:99202002290711G A:99202002280711G 2020/03/01 00:00:00 2020/03/01 00:10:00
#TamperEnv
zone 1 CLOSED 2020/03/01 00:00:00 2020/03/01 00:10:00
STOP
BEGIN IMS2.0
MSG_TYPE DATA
MSG_ID 20200301020000002 XEP_NDC
DATA_TYPE MET
XEP99
2020/03/01 00:00:00 2020/03/01 00:10:00 -3.5 270 5.25 1013.2 81 0
2020/03/01 00:10:00 2020/03/01 00:20:00 -3.4 265 5 1013.1 80 0
STOP
BEGIN IMS2.0
MSG_TYPE DATA
MSG_ID 20200301020000003 XEP_NDC
DATA_TYPE ALERTFLOW
XEP99 XEP99_001
2020/03/01 00:15:00 average flow below 500 m3/h
STOP
"""
"""State of health, weather and an alert, as ``_layouts`` of the format assumes them."""


def n42_text() -> bytes:
    """Return an N42-2012 file of two detectors, one of them with runs of zeros."""
    counts = _line_spectrum(128, 16.0)
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
    counts = _line_spectrum(200, 10.0)
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
    counts = _line_spectrum(128, 16.0)
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

    counts = _line_spectrum(128, 16.0).tolist()
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
