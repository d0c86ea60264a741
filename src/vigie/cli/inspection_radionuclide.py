"""What ``vigie inspect`` says of radionuclide data: a row per spectrum, message, state, curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vigie.formats import Contents
    from vigie.records import PulseHeight, RadionuclideState, SampleAnalysis, Spectrum

HELD = ("spectra", "pulse_heights", "states", "efficiencies", "samples")
"""Fields of the contents, and keys of the summary."""


def radionuclide_rows(contents: Contents) -> dict[str, list[dict[str, Any]]]:
    """Return the radionuclide part of a file's summary."""
    return {
        "spectra": [_spectrum_row(one) for one in contents.spectra],
        "pulse_heights": [_message_row(one) for one in contents.pulse_heights],
        "states": [_state_row(one) for one in contents.states],
        "efficiencies": [
            {
                "points": len(one.efficiency),
                "lowest_kev": one.efficiency[0].energy_kev,
                "highest_kev": one.efficiency[-1].energy_kev,
            }
            for one in contents.efficiencies
        ],
        "samples": [_sample_row(one) for one in contents.samples],
    }


def _sample_row(sample: SampleAnalysis) -> dict[str, Any]:
    return {
        "station": sample.station,
        "detector": sample.detector,
        "sample_id": sample.sample_id,
        "technology": sample.technology,
        "collection_start": _time(sample.collection_start_ns),
        "collection_stop": _time(sample.collection_stop_ns),
        "category": None if sample.category is None else sample.category.level,
        "detected": [one.nuclide for one in sample.main_results if one.detected],
        "peaks": len(sample.peaks),
        "simulated": sample.simulated,
    }


def _time(time_ns: int | None) -> str | None:
    from vigie.records import format_iso

    return None if time_ns is None else format_iso(time_ns)


def _spectrum_row(spectrum: Spectrum) -> dict[str, Any]:
    calibration = spectrum.calibration
    return {
        "detector": spectrum.detector,
        "title": spectrum.title,
        "role": spectrum.role,
        "start": _time(spectrum.start_ns),
        "real_time_s": spectrum.real_time_s,
        "live_time_s": spectrum.live_time_s,
        "channels": len(spectrum.counts),
        "first_channel": spectrum.first_channel,
        "counts": spectrum.total,
        "energy_calibration": bool(calibration.energy_coefficients_kev or calibration.energy),
        "simulated": spectrum.simulated,
    }


def _message_row(message: PulseHeight) -> dict[str, Any]:
    taken, counted = message.collection, message.acquisition
    return {
        "type": str(message.type),
        "station": message.station,
        "detector": message.detector,
        "system": str(message.system),
        "sample_id": message.sample_id,
        "full": message.full,
        "collection_start": _time(taken.start_ns if taken else None),
        "collection_stop": _time(taken.stop_ns if taken else None),
        "air_volume_m3": taken.air_volume_m3 if taken else None,
        "acquisition_start": _time(counted.start_ns if counted else None),
        "real_time_s": counted.real_time_s if counted else None,
        "live_time_s": counted.live_time_s if counted else None,
        "gamma_counts": message.gamma.total if message.gamma else None,
        "beta_counts": message.beta.total if message.beta else None,
        "coincidences": int(message.histogram.counts.sum()) if message.histogram else None,
        "missing": list(message.blocks_missing),
        "sha256": message.raw_sha256,
        "simulated": message.simulated,
    }


def _state_row(state: RadionuclideState) -> dict[str, Any]:
    return {
        "type": state.type,
        "station": state.station,
        "detector": state.detector,
        "start": _time(state.start_ns),
        "end": _time(state.end_ns),
        "intervals": len(state.intervals),
        "text": state.text,
    }


def radionuclide_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """Yield the radionuclide part of a summary as lines of text."""
    for row in summary["spectra"]:
        yield _joined(
            f"spectrum {row['detector'] or '-'}",
            row["title"],
            row["role"],
            row["start"] or "no start",
            _seconds(row),
            f"{row['channels']} channels, {row['counts']} counts",
            "" if row["energy_calibration"] else "no energies",
            "SIMULATED" if row["simulated"] else "",
        )
    for row in summary["pulse_heights"]:
        yield from _message_lines(row)
    for row in summary["states"]:
        what = f"{row['intervals']} lines" if row["intervals"] else repr(row["text"][:60])
        span = f"{row['start'] or '-'} to {row['end'] or '-'}"
        yield _joined(f"{row['type']} {row['station']} {row['detector']}".rstrip(), span, what)
    for row in summary["efficiencies"]:
        span = f"{row['lowest_kev']:g} to {row['highest_kev']:g} keV"
        yield _joined("efficiency", f"{row['points']} points from {span}")
    for row in summary["samples"]:
        yield _joined(
            f"sample {row['sample_id'] or '-'} {row['detector'] or row['station']}",
            row["collection_start"] or _until(row["collection_stop"]),
            f"category {row['category']}" if row["category"] else "",
            ", ".join(row["detected"]) or "nothing detected",
            "SIMULATED" if row["simulated"] else "",
        )


def _message_lines(row: Mapping[str, Any]) -> Iterator[str]:
    counts = {
        "gamma counts": row["gamma_counts"],
        "beta counts": row["beta_counts"],
        "coincidences": row["coincidences"],
    }
    yield _joined(
        f"{row['type']} {row['station']} {row['detector']}",
        f"sample {row['sample_id'] or '-'}",
        "full" if row["full"] else "preliminary",
        "SIMULATED" if row["simulated"] else "",
    )
    if row["collection_start"]:
        span = f"{row['collection_start']} to {row['collection_stop']}"
        yield f"    collected {span}, {row['air_volume_m3']:g} m3"
    if row["acquisition_start"]:
        yield f"    counted from {row['acquisition_start']}, {_seconds(row)}"
    told = [f"{count} {name}" for name, count in counts.items() if count is not None]
    yield f"    {', '.join(told) or 'no counts'}"


def _until(stop: str | None) -> str:
    return "no collection" if stop is None else f"until {stop}"


def _seconds(row: Mapping[str, Any]) -> str:
    live, real = row["live_time_s"], row["real_time_s"]
    return f"live {_shown(live)} s, real {_shown(real)} s"


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.10g}"


def _joined(*parts: str) -> str:
    return "  " + "  ".join(part for part in parts if part)
