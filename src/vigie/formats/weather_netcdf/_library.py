"""Variables of a netCDF file in memory, as they are packed."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vigie.errors import MissingLibraryError
from vigie.formats.scipy_files import call_reader
from vigie.formats.weather_netcdf._classic import fault_of
from vigie.formats.weather_netcdf._size import cut_of

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog

_EXPECTED = "a whole netCDF file (ncdump -h says what is wrong with it)"
_WHOLE = "a whole netCDF file (get it again)"
_MOST_RATIO = 1100
"""Deflate makes nothing smaller than a thousandth; what claims more is damaged."""
_SLACK_BYTES = 1 << 20
"""For variables that are all fill, which take no place in HDF5."""
_LEAP_FREE = {"standard", "gregorian", "proleptic_gregorian", ""}


@dataclass(slots=True)
class Variable:
    """One variable: packed values, dimensions and attributes."""

    name: str
    dimensions: tuple[str, ...]
    values: NDArray[Any]
    attributes: dict[str, Any] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """Return an attribute as text; empty where there is none."""
        value = self.attributes.get(key, "")
        return value.strip() if isinstance(value, str) else ""

    def number(self, key: str, default: float) -> float:
        """Return an attribute as a number."""
        try:
            return float(np.asarray(self.attributes[key]).reshape(-1)[0])
        except (KeyError, ValueError, TypeError, IndexError):
            return default

    def unpacked(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Return packed values as numbers, NaN where there is none (CF, section 8.1)."""
        packed = np.asarray(values)
        numbers = packed.astype(np.float64)
        for key in ("_FillValue", "missing_value"):
            for gone in np.asarray(self.attributes.get(key, [])).reshape(-1):
                if np.issubdtype(np.asarray(gone).dtype, np.number):
                    numbers[packed == gone] = np.nan
        numbers *= self.number("scale_factor", 1.0)
        numbers += self.number("add_offset", 0.0)
        return numbers

    @property
    def numbers(self) -> NDArray[np.float64]:
        """All values."""
        return self.unpacked(self.values)


def library() -> Any:  # noqa: ANN401 — its types are of no help where all is untrusted
    """Return netCDF4.

    Raises
    ------
    MissingLibraryError
        It is not installed.
    """
    try:
        import netCDF4
    except ImportError as error:
        raise MissingLibraryError(
            what="reading weather in netCDF", library="netCDF4", extra="weather"
        ) from error
    return netCDF4


def variables_of(data: bytes, log: IssueLog) -> tuple[dict[str, Variable], dict[str, Any]] | None:
    """Return the variables and the attributes of a file; None, with an issue, where it is none.

    Raises
    ------
    BadRecordError
        It is damaged, and reading is strict.
    MissingLibraryError
        netCDF4 is not installed.
    """
    netcdf = library()
    if data.startswith(b"CDF") and (fault := fault_of(data)):
        log.bad_record("file", field_name="header", text=fault, expected=_EXPECTED)
        return None
    if cut := cut_of(data):
        log.bad_record("file", field_name="length", text=cut, expected=_WHOLE)
        return None
    opened = call_reader(lambda: netcdf.Dataset("memory", memory=data), log, _EXPECTED)
    if opened is None:
        return None
    # Nothing is packed in the classic format: what is there takes its place.
    most = len(data) if data.startswith(b"CDF") else _MOST_RATIO * len(data) + _SLACK_BYTES
    try:
        variables = {}
        for name in list(opened.variables):
            one = _variable(opened.variables[name], name, most, log)
            if one is not None:
                variables[name] = one
        said = call_reader(lambda: dict(opened.__dict__), log, _EXPECTED)
        return variables, said or {}
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            opened.close()


def _variable(one: Any, name: str, most_bytes: int, log: IssueLog) -> Variable | None:  # noqa: ANN401
    if one.dtype is str or not isinstance(one.dtype, np.dtype) or one.dtype.kind not in "iufS":
        # Texts (expver of new ERA5 files) and structures hold no field.
        return None
    size = int(np.prod([float(n) for n in one.shape])) if one.shape else 1
    if size * one.dtype.itemsize > most_bytes:
        text = f"{name} claims {size} values; the file has room for {most_bytes} bytes"
        log.bad_record(name, field_name="shape", text=text, expected="what fits in the file")
        return None

    def fetch() -> Variable:
        one.set_auto_maskandscale(False)
        attributes = {key: one.getncattr(key) for key in one.ncattrs()}
        return Variable(name, tuple(one.dimensions), np.asarray(one[...]), attributes)

    return call_reader(fetch, log, f"all of {name}, as a whole netCDF file has it (get it again)")


def is_usual_calendar(variable: Variable) -> bool:
    """Tell whether a time variable counts real days."""
    return variable.text("calendar").lower() in _LEAP_FREE
