"""Predictions of a spherical Earth with its corrections: ellipticity, elevation, station.

What it computes: time = table(phase, geocentric distance, depth) + ellipticity + elevation +
path correction, the derivatives of the table, and the error of the model.

Assumptions: a receiver at depth 0 of the tables, moved to its elevation along the ray; the
corrections leave slowness as it is. Accuracy on the LocOO3D reference event: every part within
0.03 s. The work is done by ``vigie.earth.corrected``. Cost after the first call: 0.07 ms for
100 pairs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.earth.base import Hypocentre, Predictions, Sites
from vigie.earth.corrections import (
    PathCorrection,
    VectorCorrections,
    correct_times,
    correct_vectors,
)
from vigie.earth.elevation import arriving_wave
from vigie.earth.ellipticity import coefficients_row, load_table, surface_speed_km_s
from vigie.earth.model_error import ModelError
from vigie.earth.traveltimes import TravelTimes
from vigie.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.earth.corrected import PhaseFacts

FloatArray = NDArray[np.float64]


class TimeParts(NamedTuple):
    """What predicted times are made of, s, shape (n,) each."""

    table_s: FloatArray
    ellipticity_s: FloatArray
    elevation_s: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictorOptions:
    """Which corrections are made."""

    ellipticity: bool = True
    elevation: bool = True
    model_error: ModelError = field(default_factory=ModelError)
    path_correction: PathCorrection | None = None
    vector_corrections: VectorCorrections | None = None


class EarthPredictor:
    """Predicts arrivals of a spherical model; meets ``vigie.earth.base.Predictor``."""

    def __init__(self, times: TravelTimes, options: PredictorOptions | None = None) -> None:
        self._times = times
        self._options = options or PredictorOptions()
        self._rows: dict[str, int] = {}
        self._facts: PhaseFacts | None = None

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._times.name

    @property
    def phases(self) -> tuple[str, ...]:
        """Names of the phases; other spellings are understood as well."""
        return self._times.phases

    @property
    def times(self) -> TravelTimes:
        """The tables without corrections, for work in bulk."""
        return self._times

    def predict(self, phases: Sequence[str], source: Hypocentre, sites: Sites) -> Predictions:
        """Predict ``phases[i]`` at site i.

        Parameters
        ----------
        phases : sequence of str, n
            Names or other spellings.
        source : Hypocentre
            Where; a depth above sea level counts as 0.
        sites : Sites
            n receivers. Codes are needed only where corrections by station are set.

        Raises
        ------
        UnknownPhaseError
            There are no travel times of a phase.
        ParameterError
            There are not as many phases as sites, or corrections by station but no codes.
        """
        options = self._options
        columns = self._columns(phases, source, sites)
        time = columns[0] + columns[9] + columns[10]
        sigma = columns[7]
        if options.path_correction is not None:
            added, sigma = correct_times(
                options.path_correction, phases, source, sites.codes, sigma
            )
            time = time + added
        return self._assemble(columns, sites, time, sigma)

    def parts(self, phases: Sequence[str], source: Hypocentre, sites: Sites) -> TimeParts:
        """Return what predicted times are made of, without path corrections."""
        columns = self._columns(phases, source, sites)
        return TimeParts(columns[0], columns[9], columns[10])

    def _check(self, phases: Sequence[str], sites: Sites) -> None:
        n = len(sites.latitude)
        if len(phases) != n:
            raise ParameterError(name="phases", value=len(phases), expected=f"one per site, {n}")
        by_station = self._options.path_correction or self._options.vector_corrections
        if by_station is not None and len(sites.codes) != n:
            expected = "station codes, as corrections by station are set"
            raise ParameterError(name="sites.codes", value=len(sites.codes), expected=expected)

    def _columns(self, phases: Sequence[str], source: Hypocentre, sites: Sites) -> FloatArray:
        """Return the columns of ``vigie.earth.corrected``, shape (11, n)."""
        from vigie.earth.corrected import Corrections, Ellipticity, Settings, predict_columns

        self._check(phases, sites)
        facts = self._facts
        if facts is None or not self._rows.keys() >= set(phases):
            facts = self._learn(phases)
        rows = self._rows
        options, errors, table = self._options, self._options.model_error, load_table()
        settings = Settings(
            options.ellipticity,
            options.elevation,
            errors.max_share,
            errors.least_s,
            errors.azimuth_slowness_sigma_s_per_deg,
            errors.max_azimuth_sigma_deg,
        )
        ellipticity = Ellipticity(table.delta_deg, table.depth_km, table.tau_s)
        columns: FloatArray = predict_columns(
            self._times.tables,
            Corrections(ellipticity, facts, settings),
            np.array([rows[phase] for phase in phases], dtype=np.int64),
            (float(source.latitude), float(source.longitude), float(source.depth_km)),
            (_column(sites.latitude), _column(sites.longitude), _column(sites.elevation_m)),
        )
        return columns

    def _learn(self, phases: Sequence[str]) -> PhaseFacts:
        """Gather once what does not change of phase names that are new."""
        from vigie.earth.corrected import PhaseFacts

        known = tuple(dict.fromkeys((self._times.phases[0], *self._rows, *phases)))
        number = [self._times.phase_index(p) for p in known]
        speed = dict(zip("PS", self._times.surface_velocities, strict=True))
        nodes = [self._options.model_error.nodes(p) for p in known]
        longest = max(len(x) for x, _ in nodes)
        facts = PhaseFacts(
            np.array(number, dtype=np.int64),
            np.array([coefficients_row(p) for p in known], dtype=np.int64),
            np.array([surface_speed_km_s(p) for p in known]),
            np.array([1.0 / speed[arriving_wave(p)] if arriving_wave(p) else 0.0 for p in known]),
            np.array([np.pad(x, (0, longest - len(x)), "edge") for x, _ in nodes]),
            np.array([np.pad(y, (0, longest - len(y)), "edge") for _, y in nodes]),
        )
        self._facts, self._rows = facts, {name: row for row, name in enumerate(known)}
        return facts

    def _assemble(
        self, columns: FloatArray, sites: Sites, time: FloatArray, sigma: FloatArray
    ) -> Predictions:
        _, slowness, down, bend, delta, esaz, seaz, _, azimuth_sigma, _, _ = columns
        missing = np.isnan(columns[0])
        slowness_sigma = np.full(len(time), self._options.model_error.slowness_sigma_s_per_deg)
        shift = np.zeros((2, 1))
        if self._options.vector_corrections is not None:
            rows = correct_vectors(self._options.vector_corrections, sites.codes, slowness, seaz)
            shift = rows[:, :2].T
            slowness_sigma = np.where(np.isnan(rows[:, 2]), slowness_sigma, rows[:, 2])
            azimuth_sigma = np.where(np.isnan(rows[:, 3]), azimuth_sigma, rows[:, 3])
        if missing.any():
            delta, esaz, seaz, sigma, slowness_sigma = (
                np.where(missing, np.nan, column)
                for column in (delta, esaz, seaz, sigma, slowness_sigma)
            )
        return Predictions(
            time_s=time,
            slowness_s_per_deg=slowness,
            dt_ddepth_s_per_km=down,
            d2t_ddelta2=bend,
            delta_deg=delta,
            esaz_deg=esaz,
            seaz_deg=seaz,
            time_sigma_s=sigma,
            azimuth_sigma_deg=azimuth_sigma,
            slowness_sigma_s_per_deg=slowness_sigma,
            slowness_correction_s_per_deg=shift[0],
            azimuth_correction_deg=shift[1],
        )


def _column(values: FloatArray) -> FloatArray:
    return np.ascontiguousarray(values, dtype=np.float64)


@cache
def load_predictor(model: str = "ak135") -> EarthPredictor:
    """Return the predictor of a model ("ak135" or "iasp91") with all default corrections.

    The same object each time. For path or vector corrections of one's own make an
    ``EarthPredictor(TravelTimes.load(model), PredictorOptions(...))``.

    Raises
    ------
    UnknownModelError
        There are no tables of this model.
    """
    return EarthPredictor(TravelTimes.load(model))
