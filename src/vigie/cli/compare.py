"""``vigie compare``: one bulletin scored against another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vigie.cli.common import (
    FiniteRange,
    emit,
    json_option,
    json_text,
    keep_inputs,
    note,
    output_option,
    tell_issues,
)

if TYPE_CHECKING:
    from vigie.records import Bulletin, Event
    from vigie.scoring import Comparison, MatchedPair, RuleScore

_MOST_LINES = 20
"""So many events of each kind are listed for people; JSON lists all."""


@click.command("compare")
@click.argument("reference", metavar="A", type=click.Path(path_type=Path))
@click.argument("test", metavar="B", type=click.Path(path_type=Path))
@click.option(
    "--max-degrees",
    type=FiniteRange(0.0, 180.0),
    metavar="DEG",
    help="Match events that are no farther apart (default 5).",
)
@click.option(
    "--max-seconds",
    type=FiniteRange(0.0),
    metavar="S",
    help="Match events that differ by no more in time (default 50).",
)
@json_option
@output_option
def compare_command(
    *,
    reference: Path,
    test: Path,
    max_degrees: float | None,
    max_seconds: float | None,
    as_json: bool,
    output: Path | None,
) -> None:
    """Score the events of bulletin B against those of A, the reference.

    A and B are bulletins (ISF, QuakeML, CSS3.0, GSE2.0, vigie JSON) or event lists as CSV. Where
    one has no event, all of the other's are missed or extra; where neither has, there is
    nothing to compare and the exit status is 1.
    """
    from vigie.errors import MissingInputError
    from vigie.scoring import ARORA_2013, IDC, CompareParams, MatchRule, compare

    keep_inputs(output, reference, test)
    rules: tuple[MatchRule, ...] = (ARORA_2013, IDC)
    if max_degrees is not None or max_seconds is not None:
        own = MatchRule(
            name="user",
            max_degrees=ARORA_2013.max_degrees if max_degrees is None else max_degrees,
            max_seconds=ARORA_2013.max_seconds if max_seconds is None else max_seconds,
        )
        rules = (own, *rules)
    bulletins = [_read(path) for path in (reference, test)]
    result = compare(bulletins[0], bulletins[1], CompareParams(rules))
    if not result.n_reference and not result.n_test:
        raise MissingInputError(
            path=f"{reference}, {test}",
            what="any event with an origin",
            remedy="Give bulletins with events; `vigie inspect` says what is in a file.",
        )
    if as_json:
        emit(json_text(comparison_document(result, str(reference), str(test))), output)
    else:
        emit(_text(result, str(reference), str(test)), output)


def _read(path: Path) -> Bulletin:
    from vigie.errors import MissingInputError
    from vigie.exchange.files import read_file

    contents = read_file(path)
    tell_issues((str(path), issue) for issue in contents.issues)
    if contents.bulletin is None:
        raise MissingInputError(
            path=str(path),
            what=f"a bulletin (it is {contents.format})",
            remedy="Give a bulletin or a list of events.",
        )
    if not contents.bulletin.events:
        remedy = (
            "; `vigie associate` makes events of an arrival list" if contents.detections else ""
        )
        note(f"{path}: there are no events in it (it is {contents.format}){remedy}")
    return contents.bulletin


def comparison_document(result: Comparison, reference: str, test: str) -> dict[str, Any]:
    """Return the JSON document of a comparison.

    Parameters
    ----------
    result : Comparison
        What was found.
    reference, test : str
        Names of the two bulletins.
    """
    main = result.main
    return {
        "vigie": {"document": "comparison", "version": 1},
        "reference": {"path": reference, "events": result.n_reference},
        "test": {"path": test, "events": result.n_test},
        "without_origin": result.without_origin,
        **_summary(main),
        "matched": [_pair(pair) for pair in main.matched],
        "missed": [_event(event) for event in main.missed],
        "extra": [_event(event) for event in main.extra],
        "split": [
            {"reference": _event(event), "test": [_event(one) for one in several]}
            for event, several in main.split
        ],
        "rules": [_summary(score) for score in result.scores],
    }


def _summary(score: RuleScore) -> dict[str, Any]:
    rule = score.rule
    return {
        "rule": {
            "name": rule.name,
            "max_degrees": rule.max_degrees,
            "max_seconds": rule.max_seconds,
            "min_common_arrivals": rule.min_common_arrivals,
        },
        "applicable": score.applicable,
        "n_matched": len(score.matched),
        "n_missed": len(score.missed),
        "n_extra": len(score.extra),
        "n_split": len(score.split),
        "overlap": score.overlap,
        "inconsistency": score.inconsistency,
        "median_distance_km": score.median_distance_km,
        "median_time_difference_s": score.median_time_difference_s,
        "median_absolute_time_difference_s": score.median_absolute_time_difference_s,
        "median_depth_difference_km": score.median_depth_difference_km,
        "median_magnitude_differences": score.median_magnitude_differences,
        "ellipse_coverage": score.ellipse_coverage,
        "ellipse_overlap": score.ellipse_overlap,
    }


def _pair(pair: MatchedPair) -> dict[str, Any]:
    return {
        "reference": _event(pair.reference),
        "test": _event(pair.test),
        "distance_km": pair.distance_km,
        "delta_deg": pair.delta_deg,
        "time_difference_s": pair.time_difference_s,
        "depth_difference_km": pair.depth_difference_km,
        "magnitude_differences": dict(pair.magnitude_differences),
        "common_arrivals": pair.common_arrivals,
        "inside_ellipse": pair.inside_ellipse,
        "ellipses_overlap": pair.ellipses_overlap,
    }


def _event(event: Event) -> dict[str, Any]:
    from vigie.records import format_iso

    origin = event.origin
    return {
        "id": event.id,
        "time": format_iso(origin.time_ns) if origin else None,
        "latitude": origin.latitude if origin else None,
        "longitude": origin.longitude if origin else None,
        "depth_km": origin.depth_km if origin else None,
        "magnitudes": {m.type: m.value for m in event.preferred_magnitudes},
    }


def _text(result: Comparison, reference: str, test: str) -> str:
    lines = [
        f"reference {reference}: {result.n_reference} events",
        f"test      {test}: {result.n_test} events",
    ]
    if result.without_origin:
        lines.append(f"{result.without_origin} events without an origin were left out")
    for score in result.scores:
        lines += ["", *_score_lines(score)]
    lines += ["", f"by the rule {result.main.rule.name}:"]
    lines += _listed("matched", [_pair_line(pair) for pair in result.main.matched])
    lines += _listed("missed", [_event_line(event) for event in result.main.missed])
    lines += _listed("extra", [_event_line(event) for event in result.main.extra])
    return "\n".join(lines)


def _score_lines(score: RuleScore) -> list[str]:
    rule = score.rule
    common = f", {rule.min_common_arrivals} common arrivals" if rule.min_common_arrivals else ""
    head = f"rule {rule.name} ({rule.max_degrees:g} deg, {rule.max_seconds:g} s{common}): "
    if not score.applicable:
        return [f"{head}not applicable, one of the two has no time-defining arrivals"]
    counts = (
        f"{len(score.matched)} matched, {len(score.missed)} missed, {len(score.extra)} extra, "
        f"{len(score.split)} split"
    )
    shares = f"overlap {_percent(score.overlap)}, inconsistency {_percent(score.inconsistency)}"
    lines = [head + counts, f"  {shares}"]
    if score.matched:
        lines.append(
            f"  median distance {_number(score.median_distance_km, 'km')}, time "
            f"{_number(score.median_time_difference_s, 's')}, depth "
            f"{_number(score.median_depth_difference_km, 'km')}"
        )
        sizes = score.median_magnitude_differences
        lines += [f"  median {kind} {value:+.2f}" for kind, value in sizes.items()]
        lines.append(
            f"  90 % ellipse holds the reference in {_percent(score.ellipse_coverage)}, "
            f"ellipses overlap in {_percent(score.ellipse_overlap)}"
        )
    return lines


def _listed(title: str, lines: list[str]) -> list[str]:
    more = len(lines) - _MOST_LINES
    rest = [f"    ... and {more} more (--json lists all)"] if more > 0 else []
    return [f"  {title} ({len(lines)})", *(f"    {line}" for line in lines[:_MOST_LINES]), *rest]


def _pair_line(pair: MatchedPair) -> str:
    return (
        f"{_event_line(pair.reference)} = {pair.test.id}: {pair.distance_km:.1f} km, "
        f"{pair.time_difference_s:+.2f} s"
    )


def _event_line(event: Event) -> str:
    shown = _event(event)
    return f"{shown['id']} {shown['time']} {shown['latitude']:.3f} {shown['longitude']:.3f}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100.0 * share:.1f} %"


def _number(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{value:.2f} {unit}"
