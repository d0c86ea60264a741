"""Made-up messages of radionuclide stations, from a fixed seed: no real data."""

from __future__ import annotations

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


def line_spectrum(n_channels: int, gain_kev: float) -> NDArray[np.int64]:
    """Return counts of a falling continuum with four lines, shape (n_channels,)."""
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
    counts = line_spectrum(n_channels, gain)
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
    )  # fmt: skip
    message = _with_tables(message)
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


def _with_tables(message: PulseHeight) -> PulseHeight:
    """Return a message with regions, their efficiencies and 18 ratios."""
    from dataclasses import replace

    return replace(
        message,
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
    return replace(message, gamma=_spectrum(message, line_spectrum(64, 31.25), 0, 2000.0))


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
