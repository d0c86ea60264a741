"""A germanium gas spectrum made ready for a fit: energies settled, windows, lines that stand there.

Used alike for the sample and for the spectra of its backgrounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import CalibrationError, NobleGasInputError
from vigie.radionuclide.noble_gas.cell_model import CellModel
from vigie.radionuclide.noble_gas.cells import Box
from vigie.radionuclide.noble_gas.germanium_energy import (
    LEAST_Z,
    OWN_FWHM,
    FoundPeaks,
    Shift,
    doubtful,
    settled,
    window_errors,
)
from vigie.radionuclide.noble_gas.germanium_few import beside, few_counts, joined_windows
from vigie.radionuclide.noble_gas.germanium_shapes import (
    NATURAL_KEV,
    Columns,
    Foreign,
    foreign_lines,
    gas_scene,
    strangers,
)
from vigie.radionuclide.noble_gas.germanium_windows import (
    BARIUM_KEV,
    LEAD_214_KEV,
    Window,
    barium_window,
    efficiency_doubts,
    windows_of,
)
from vigie.radionuclide.noble_gas.xenon import XENONS
from vigie.radionuclide.peaks.scene import Scene
from vigie.records import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.radionuclide.noble_gas.germanium_shapes import Doubts
    from vigie.radionuclide.peaks.efficiency import EfficiencyCurve
    from vigie.records import Calibration, Spectrum

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Prepared:
    """A spectrum with its windows."""

    scene: Scene
    windows: tuple[Window, ...]
    foreign: tuple[Foreign, ...]
    barium: bool
    """Whether the 356 keV ray of Ba-133 is there; its window is then the last."""
    shift: Shift | None
    withheld: dict[str, float | None]
    """Isotopes of which nothing can be said, with the energy of a peak beside their ray."""
    remarks: tuple[Reason, ...]

    @property
    def few(self) -> bool:
        """Whether windows are one cell each."""
        return self.windows[0].inside is not None


def prepared(spectrum: Spectrum, curve: EfficiencyCurve) -> Prepared:
    """Settle the energies of a spectrum and cut its windows.

    Raises
    ------
    NobleGasInputError
        No energy calibration, or a spectrum that does not reach the windows.
    """
    try:
        scene, peaks = gas_scene(spectrum)
    except CalibrationError as error:
        raise NobleGasInputError(
            what=str(error), remedy="#g_Energy needs points or coefficients."
        ) from error
    scene, shift = settled(scene, peaks)
    windows, remarks = windows_of(scene, curve)
    extra = barium_window(scene) if _has_barium(scene, peaks) else None
    if extra is not None:
        windows.append(extra)
    if few_counts(scene, windows):
        windows = joined_windows(scene, windows, (*NATURAL_KEV, LEAD_214_KEV))
    found = scene.energy(peaks.places)
    strange = strangers(scene, peaks.places)
    return Prepared(
        scene=scene,
        windows=tuple(windows),
        foreign=tuple(foreign_lines(scene, windows, peaks.places)),
        barium=extra is not None,
        shift=shift,
        withheld=doubtful(scene, shift, found, strange),
        remarks=(*scene.model.remarks, *remarks, *_shift_told(shift)),
    )


def columns_of(
    one: Prepared, curve: EfficiencyCurve, seconds: FloatArray, ingrowth: float
) -> tuple[FloatArray, Doubts]:
    """Return the columns of a fit and the doubts about their shape (``Columns.shapes``)."""
    return Columns(
        scene=one.scene,
        windows=one.windows,
        curve=curve,
        seconds=seconds,
        ingrowth=ingrowth,
        foreign=one.foreign,
        barium=one.barium,
        energy_sigma_kev=window_errors(
            one.scene, one.shift, [window.line_kev for window in one.windows]
        ),
    ).shapes()


def efficiency_columns(
    one: Prepared, curve: EfficiencyCurve, calibration: Calibration, n_columns: int
) -> Doubts:
    """Return what the errors of efficiencies do to the columns of xenon."""
    sizes = [window.size for window in one.windows]
    out: Doubts = []
    for number, share in enumerate(efficiency_doubts(curve, calibration, one.windows)):
        relative = np.zeros((sum(sizes), n_columns))
        relative[:, : len(XENONS)] = np.repeat(share, sizes)[:, np.newaxis]
        out.append((f"efficiency:{number}", relative))
    return out


def cells_of(one: Prepared, columns: FloatArray, doubts: Doubts) -> CellModel:
    """Return the model of a spectrum by itself."""
    counts = np.concatenate([window.counts(one.scene.counts) for window in one.windows])
    empty = np.zeros_like(counts)
    # Where windows are one cell each, their continuum is a background counted beside them.
    aside, share = beside(one.scene, one.windows) if one.few else (empty, empty)
    return CellModel(
        cells=_boxes(one.scene, one.windows),
        counts=np.stack([counts, empty, aside], axis=1),
        ratio=np.stack([share, empty, np.ones_like(counts) if one.few else empty], axis=1),
        design=np.stack([columns, np.zeros_like(columns), np.zeros_like(columns)]),
        relative=np.array([change for _, change in doubts]),
        nuisances=tuple(name for name, _ in doubts),
        has_gas=False,
        has_background=one.few,
    )


def _has_barium(scene: Scene, peaks: FoundPeaks) -> bool:
    energies = scene.energy(peaks.places[peaks.z > LEAST_Z])
    reach = OWN_FWHM * float(scene.model.widths().fwhm(BARIUM_KEV))
    return bool((np.abs(energies - BARIUM_KEV) < reach).any())


def _shift_told(shift: Shift | None) -> tuple[Reason, ...]:
    if shift is None:
        return ()
    told = {"shift_kev": -shift.kev, "sigma_kev": shift.sigma_kev, "lines": shift.lines}
    return (Reason.of("noble_gas.energies_shifted", **told),)


def _boxes(scene: Scene, windows: Sequence[Window]) -> tuple[Box, ...]:
    starts = np.concatenate([one.first + one.joined * np.arange(one.size) for one in windows])
    lengths = np.concatenate([np.full(one.size, one.channels // one.size) for one in windows])
    edges = scene.energy(np.stack([starts, starts + lengths], axis=1) - 0.5)
    return tuple(Box(atom="window", beta=(0.0, 0.0), gamma=(float(a), float(b))) for a, b in edges)
