"""The beams on which arrays detect: one incoherent, one vertical, and rings of steered ones.

A beam is worth having where it lies outside the main lobe of the others, so the number of
beams grows with the aperture. Source of the incoherent detection beam: configuration of
SNL-GMS PI27. The beams themselves: ``signal.beams``. Cost: ``docs/methods/beams.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.geodesy import KM_PER_DEG
from vigie.signal.beams import Steering, beam_waveforms, slowness_vector
from vigie.signal.elements import element_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import Waveform

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class BeamSetParams:
    """The beams on which an array detects."""

    incoherent: bool = True
    """Detection beam of SNL-GMS PI27."""
    slownesses_s_per_deg: tuple[float, ...] = (5.0, 9.0, 14.0, 28.0)
    """Rings of coherent beams: core and far P, P, Pn, and S or Lg."""
    azimuth_step_deg: float = 45.0
    max_beams: int = 64

    def __post_init__(self) -> None:
        if not 0.0 < self.azimuth_step_deg <= 360.0:
            raise ParameterError(
                name="azimuth_step_deg", value=self.azimuth_step_deg, expected="0 to 360 degrees"
            )


def steering_set(
    offsets_km: FloatArray, params: BeamSetParams, freq_hz: float = 3.0
) -> tuple[Steering, ...]:
    """Return the beams that an array of this size needs.

    Rings whose beams lie closer to the vertical beam, or to each other, than the 3 dB width of
    the main lobe at ``freq_hz`` (0.3/(f rms offset)) add nothing and are left out: a tiny array
    gets one coherent beam, a large one all rings with finer azimuths, ``max_beams`` in all.
    """
    centred = np.asarray(offsets_km, dtype=np.float64) - np.mean(offsets_km, axis=0)
    spread_km = float(np.sqrt(np.mean(np.sum(centred**2, axis=1)) / 2.0))
    width_s_per_deg = 0.3 / max(freq_hz * spread_km, 1e-9) * KM_PER_DEG / np.pi
    beams = [Steering(name="INC", coherent=False)] if params.incoherent else []
    beams.append(Steering(name="VERT"))
    rings, last = [], 0.0
    for slowness in params.slownesses_s_per_deg:
        if slowness - last >= width_s_per_deg:
            rings.append(slowness)
            last = slowness
    most = max((params.max_beams - len(beams)) // max(len(rings), 1), 3)
    for slowness in rings:
        step = min(params.azimuth_step_deg, np.degrees(2.0 * width_s_per_deg / slowness))
        count = min(int(np.ceil(360.0 / step)), most)
        for azimuth in np.arange(count) * 360.0 / count:
            vector = slowness_vector(slowness / KM_PER_DEG, float(azimuth))
            beams.append(Steering(name=f"S{slowness:g}A{azimuth:.0f}", slowness_s_per_km=vector))
    return tuple(beams)


def detection_beams(
    waveforms: Sequence[Waveform],
    offsets_km: FloatArray,
    params: BeamSetParams | None = None,
    *,
    station: str | None = None,
    beams: Sequence[Steering] | None = None,
) -> tuple[Waveform, ...]:
    """Form the beams on which an array detects.

    Parameters
    ----------
    waveforms : sequence of Waveform
        Filtered to the detection band (incoherent beams of unfiltered records only show the
        largest noise); NaN samples are masked ones.
    offsets_km : ndarray, shape (len(waveforms), 2)
    params : BeamSetParams, optional
    station : str, optional
        Code in the beams' channel ids; by default that of the first element.
    beams : sequence of Steering, optional
        Instead of the set of ``params``.

    Returns
    -------
    tuple of Waveform
        Channel ``NET.STATION.BM.NAME``; NaN where fewer than two elements have data.
    """
    data = element_data(waveforms, offsets_km)
    chosen = beams or steering_set(data.offsets_km, params or BeamSetParams())
    code = data.channels[0].station if station is None else station
    return beam_waveforms(data, chosen, code)
