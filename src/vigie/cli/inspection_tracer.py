"""What ``vigie inspect`` says of a tracer experiment: one row for all samples of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vigie.formats import Contents


def tracer_rows(contents: Contents) -> list[dict[str, Any]]:
    """Return the summary of a file's samples; empty where it has none."""
    from vigie.records import format_iso

    samples = contents.tracer_samples
    if not samples:
        return []
    largest = max(samples, key=lambda one: one.value)
    return [
        {
            "tracer": samples[0].tracer,
            "unit": samples[0].unit,
            "samples": len(samples),
            "above_zero": sum(one.value > 0.0 for one in samples),
            "stations": len({one.station for one in samples}),
            "start": format_iso(min(one.start_ns for one in samples)),
            "end": format_iso(max(one.stop_ns for one in samples)),
            "largest": largest.value,
            "largest_station": largest.station,
            "largest_start": format_iso(largest.start_ns),
        }
    ]


def tracer_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """Yield the tracer part of a summary as lines of text."""
    for row in summary["tracer_samples"]:
        yield (
            f"  tracer {row['tracer'] or '-'}  {row['samples']} samples, {row['above_zero']} above "
            f"0, of {row['stations']} stations"
        )
        yield f"    {row['start']} to {row['end']}"
        yield (
            f"    largest {row['largest']:.10g} {row['unit']} at {row['largest_station']} from "
            f"{row['largest_start']}"
        )
