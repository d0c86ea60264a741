"""Energy calibrations of the library as the records have them.

A record's curve gives the energy of a channel number, as peaks are found: the middle of the
channel. Polynomials (N42, SPE, SPC, CNF) are taken as the file states them. GADRAS' full range
fraction (PCF), deviation pairs and lists of edges give the lower edge of each channel, so half a
channel is added: peaks of the supplied simulations then agree with their energies to 0.12 keV
(0.02 to 0.05 most often), where the bare edges are 0.27 keV off. What is no polynomial becomes
points of the curve.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from vigie.formats.gamma_spectrum._library import decimal
from vigie.records import CalibrationPoint

if TYPE_CHECKING:
    from numpy.typing import NDArray

Curve = tuple[tuple[float, ...], tuple[CalibrationPoint, ...]]
"""Coefficients in keV, of powers of the channel number from 0, and points: one is empty."""
N_POINTS = 65
"""Of a curve that is no polynomial; between them a parabola is within 0.01 keV for HPGe."""
_SAME_KEV = 0.01
"""The library's float32 edges differ from the polynomial by up to 3e-4 keV."""
_HIGHEST_KEV = 1e5
"""No detector's full scale."""


def curve_of(measurement: Any) -> Curve | None:  # noqa: ANN401 — a Measurement; SpecUtils has no types
    """Return the curve of a measurement of the library; None where it has no valid one."""
    kind = measurement.energyCalibrationModel().name
    coefficients = [decimal(one) for one in measurement.calibrationCoeffs()]
    edges = np.array(measurement.channelEnergies(), dtype=np.float64)
    n_channels = measurement.numGammaChannels()
    if not _is_rising(edges) or kind.startswith(("Unspecified", "Invalid")):
        return None
    if kind == "FullRangeFraction" and not any(coefficients[4:]):
        scaled = [one / n_channels**power for power, one in enumerate(coefficients)]
        return _of_edges(scaled, edges, n_channels)
    if kind == "Polynomial":
        polynomial = _trimmed(coefficients)
        if _agrees(polynomial, edges[:n_channels]):
            return tuple(polynomial), ()
    return (), _points(edges, n_channels)


def curve_of_edges(
    coefficients: list[float], deviations: list[tuple[float, float]], n_channels: int
) -> Curve | None:
    """Return the curve of a polynomial of lower edges with corrections at some energies.

    Parameters
    ----------
    coefficients : list of float
        Of powers of the channel number; the energy of the channel's lower edge, keV.
    deviations : list of (float, float)
        Energy, and what is added there; keV. Between them the library takes a cubic spline.
    n_channels : int
    """
    import SpecUtils

    try:
        library = SpecUtils.EnergyCalibration.fromPolynomial(n_channels, coefficients, deviations)
    except (RuntimeError, ValueError, TypeError):
        return None
    edges = np.array(library.channelEnergies(), dtype=np.float64)
    return _of_edges(coefficients, edges, n_channels) if _is_rising(edges) else None


def _of_edges(coefficients: list[float], edges: NDArray[np.float64], n_channels: int) -> Curve:
    """Return the curve of channel middles where coefficients, or edges, are of lower edges."""
    if not _agrees(coefficients, edges[:n_channels]):
        return (), _points(edges, n_channels)
    middle = np.polynomial.Polynomial([0.5, 1.0])
    curve = np.polynomial.Polynomial(_trimmed(coefficients))(middle)
    return tuple(float(one) for one in curve.coef), ()


def _agrees(coefficients: list[float], edges: NDArray[np.float64]) -> bool:
    channels = np.arange(len(edges), dtype=np.float64)
    expected = np.polynomial.polynomial.polyval(channels, coefficients)
    return bool(np.abs(expected - edges).max() <= _SAME_KEV)


def _is_rising(edges: NDArray[np.float64]) -> bool:
    return bool(
        len(edges) > 1
        and np.isfinite(edges).all()
        and (np.diff(edges) > 0.0).all()
        and 0.0 < edges[-1] < _HIGHEST_KEV
    )


def _trimmed(coefficients: list[float]) -> list[float]:
    kept = list(coefficients)
    while len(kept) > 2 and not kept[-1]:
        kept.pop()
    return kept


def _points(edges: NDArray[np.float64], n_channels: int) -> tuple[CalibrationPoint, ...]:
    """Return points of the middles of channels, spread evenly."""
    energies = edges[:n_channels]
    if len(edges) > n_channels:
        energies = (energies + edges[1 : n_channels + 1]) / 2.0
    chosen = np.unique(np.linspace(0, n_channels - 1, N_POINTS).round().astype(int))
    return tuple(CalibrationPoint(energy_kev=float(energies[k]), value=float(k)) for k in chosen)
