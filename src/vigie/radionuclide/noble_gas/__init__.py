"""Noble gas: measurements of radioxenon to activities, limits and ratios."""

from vigie.radionuclide.noble_gas.analysis import (
    GasParams,
    analyse_gas_sample,
    analyse_gas_with_curve,
    gas_cells,
)
from vigie.radionuclide.noble_gas.calibration_check import CellCalibration, check_calibration
from vigie.radionuclide.noble_gas.cells import CellParams
from vigie.radionuclide.noble_gas.gas_input import GasInput, gas_input
from vigie.radionuclide.noble_gas.germanium_curve import GermaniumCurve
from vigie.radionuclide.noble_gas.likelihood import LikelihoodParams
from vigie.radionuclide.noble_gas.matrix import MatrixInput, MatrixResult, solve_matrix
from vigie.radionuclide.noble_gas.net_counts import NetCounts, net_counts
from vigie.radionuclide.noble_gas.regions import RegionCounts, RegionRule, count_regions

__all__ = [
    "CellCalibration",
    "CellParams",
    "GasInput",
    "GasParams",
    "GermaniumCurve",
    "LikelihoodParams",
    "MatrixInput",
    "MatrixResult",
    "NetCounts",
    "RegionCounts",
    "RegionRule",
    "analyse_gas_sample",
    "analyse_gas_with_curve",
    "check_calibration",
    "count_regions",
    "gas_cells",
    "gas_input",
    "net_counts",
    "solve_matrix",
]
