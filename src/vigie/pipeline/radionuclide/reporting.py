"""The report of one sample, from what its analysis kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vigie.products.radionuclide import CalibrationEquation, RadionuclideReport

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vigie.pipeline.radionuclide.gather import Measurement
    from vigie.pipeline.radionuclide.run import SampleView
    from vigie.radionuclide.peaks import DetectorModel


def report_of(one: SampleView, *, command: str = "") -> RadionuclideReport:
    """Return the automatic report of a sample.

    Parameters
    ----------
    one : SampleView
    command : str
        What was run, as the reader would run it again.
    """
    equations: tuple[CalibrationEquation, ...] = ()
    regions = () if one.gas is None else one.gas.regions
    if one.particulate is not None:
        equations = equations_of(one.particulate.peaks.model)
    return RadionuclideReport(
        analysis=one.analysis,
        name=_name(one.measurement),
        message=one.measurement.message,
        equations=equations,
        regions=regions,
        command=command,
    )


def _name(measurement: Measurement) -> str:
    number = f"_{measurement.number}" if measurement.number else ""
    return Path(measurement.path).stem + number


def equations_of(model: DetectorModel) -> tuple[CalibrationEquation, ...]:
    """Return the calibration of a detector, as adjusted on the sample, as equations."""
    found = [
        CalibrationEquation(
            quantity="energy",
            form="E(c) = a0 + a1 c + a2 c^2 + ...",
            coefficients=_row(model.energy.coefficients_kev),
        )
    ]
    if model.resolution is not None:
        forms = {
            "root": "FWHM = p0 + p1 sqrt(E)",
            "square": "FWHM^2 = t0 + t1 E + t2 E^2",
        }
        found.append(
            CalibrationEquation(
                quantity="resolution",
                form=forms[model.resolution.form],
                coefficients=_row(model.resolution.coefficients),
            )
        )
    for quantity, curve in (
        ("efficiency", model.efficiency),
        ("total_efficiency", model.total_efficiency),
    ):
        if curve is not None:
            low, high = curve.range_kev
            form = f"ln(eff) of ln(E): {curve.form}, {low:.0f} to {high:.0f} keV"
            found.append(
                CalibrationEquation(
                    quantity=quantity, form=form, coefficients=_row(curve.ordinates), unit=""
                )
            )
    return tuple(found)


def _row(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
