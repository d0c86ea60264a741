"""Write the JSON Schema and the documentation page of the vigie JSON document.

    python -m builders.json_document

Both follow from ``vigie.formats.vigie_json.document``; a test compares them with it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vigie.formats.vigie_json.document import schema

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "src" / "vigie" / "formats" / "vigie_json" / "schema.json"
PAGE = ROOT / "docs" / "json.md"

INTRODUCTION = """# The JSON documents

`--json` on every command prints one JSON document on standard output. Detections and events
have the same form in every command, in `vigie convert` and in files; the JSON Schema is
shipped as `vigie/formats/vigie_json/schema.json`. This page is made from it
(`python -m builders.json_document`).

* The key `vigie` says what the document is: `{"document": "events", "version": 1}`.
* `detect` prints `detections`. `associate`, `locate` and `process` print `events`; there
  `detections` holds what belongs to no event.
* A command may add keys of its own at the top (what was left out, with which parameters). They
  are described with the command; readers pass over keys that they do not know. `detect` and
  `process` add `single_station`, the events that one station places alone ({doc}`commands`).
* What is not known is `null`. NaN and infinity are never written.
* Times are ISO 8601, UTC, with `Z`, and carry as many of 3, 6 or 9 decimals as lose nothing.
* The unit stands in the key. A key with `_sigma` holds the standard error of its twin, in the
  same unit.
* `azimuth_deg` of a detection is the measured direction from the station to the source;
  `azimuth_deg` of an arrival is the direction from the station to the located event.
* `magnitudes` and `screening` of an event are those of its preferred origin. What others said of
  its size stands in `origins`, each with the origin on whose distances and depth it rests.
* `yields` says how large the event would have been as an explosion, by infrasound, never that it
  was one. `bound` `">"` says that the readings are least amplitudes: then `median_kt` and
  `high_kt` are null ({doc}`methods/blast-yield`).
* Reading what was written gives the same records back, all of them. Where another program
  wrote the document, `id` and everything with a default may be missing; an event may then give
  its arrivals in `arrivals` only.

A complete example, shortened to the essential keys:

```json
{
 "vigie": {"document": "events", "version": 1},
 "events": [
  {
   "id": "1",
   "origin": {
    "time": "2016-01-06T01:30:01.038Z",
    "latitude": 41.2996, "longitude": 129.0344, "depth_km": 0.0,
    "depth_fixed": true, "depth_reason": "default",
    "time_sigma_s": 0.4, "depth_sigma_km": null,
    "ellipse": {"kind": "coverage", "confidence": 0.9,
                "semi_major_km": 9.1, "semi_minor_km": 6.0, "strike_deg": 71.0}
   },
   "arrivals": [
    {"station": "MDJ", "phase": "Pn", "time": "2016-01-06T01:30:54.270Z",
     "time_residual_s": 0.2, "azimuth_deg": 184.6, "slowness_s_per_deg": 13.6, "defining": true}
   ],
   "magnitudes": [{"type": "mb", "value": 4.8, "sigma": 0.1, "stations": 7}],
   "screening": [{"criterion": "depth", "score": null, "verdict": "insufficient_data",
                  "reason": "The depth is fixed."}]
  }
 ],
 "detections": []
}
```

The tables list the keys. **Bold** keys must be there in a document that is read.
"""


COMPARISON = """## Comparison

`vigie compare A B --json` prints a document of its own:

| key | holds | meaning |
|---|---|---|
| `vigie` | object | `{"document": "comparison", "version": 1}` |
| `reference`, `test` | object | `path` and number of `events` of A and of B |
| `without_origin` | integer | events of either that have no origin and were left out |
| `rule` | object | the first rule: `name`, `max_degrees`, `max_seconds`, `min_common_arrivals` |
| `applicable` | boolean | false where the rule asks for arrivals and one of the two has none |
| `n_matched`, `n_missed`, `n_extra`, `n_split` | integer | counts under that rule |
| `overlap` | number or null | matched reference events over reference events |
| `inconsistency` | number or null | unmatched test events over test events |
| `median_distance_km` | number or null | of matched epicentres |
| `median_time_difference_s`, `median_absolute_time_difference_s`, `median_depth_difference_km` | number or null | test minus reference |
| `median_magnitude_differences` | object | test minus reference, by magnitude type |
| `ellipse_coverage` | number or null | share of matches whose 90 % ellipse (of B) holds the epicentre of A |
| `ellipse_overlap` | number or null | share of matches whose 90 % ellipses overlap |
| `matched` | list | `reference`, `test` (events), `distance_km`, `delta_deg`, `time_difference_s`, `depth_difference_km`, `magnitude_differences`, `common_arrivals`, `inside_ellipse`, `ellipses_overlap` |
| `missed`, `extra` | list of events | of A without B, and of B without A |
| `split` | list | `reference` event and the several `test` events near it |
| `rules` | list | the score (`rule` to `ellipse_overlap`) by every rule |

An event there has `id`, `time`, `latitude`, `longitude`, `depth_km` and `magnitudes` (value by type).
How events are matched: {doc}`methods/compare`.
"""  # noqa: E501 — rows of a table


def main() -> None:
    """Write both files."""
    described = schema()
    SCHEMA.write_text(json.dumps(described, indent=1) + "\n")
    PAGE.write_text(page(described))


def page(described: dict[str, Any]) -> str:
    """Return the documentation page."""
    return "\n".join([INTRODUCTION, *sections(described), COMPARISON])


def sections(described: dict[str, Any]) -> list[str]:
    """Return a section for each item of a schema, the document's first."""
    definitions = described["$defs"]
    order = ["Document", *(name for name in definitions if name != "Document")]
    return [_section(name, definitions[name]) for name in order]


def _section(name: str, definition: dict[str, Any]) -> str:
    if "enum" in definition:
        choices = ", ".join(f"`{one}`" for one in definition["enum"])
        return f"## {_title(name)}\n\n{definition['description']} One of {choices}.\n"
    required = set(definition.get("required", ()))
    rows = [
        f"| {_key(key, key in required)} | {_type(value)} | {_meaning(value)} |"
        for key, value in definition["properties"].items()
    ]
    head = f"## {_title(name)}\n\n{definition['description']}\n"
    return "\n".join([head, "| key | holds | meaning |", "|---|---|---|", *rows, ""])


def _title(name: str) -> str:
    return {"Document": "The document", "Head": "`vigie`"}.get(name, name.removesuffix("Item"))


def _key(key: str, required: bool) -> str:
    return f"**`{key}`**" if required else f"`{key}`"


def _meaning(value: dict[str, Any]) -> str:
    first = value.get("anyOf", [{}])[0]
    return str(value.get("description") or first.get("description", ""))


def _type(value: dict[str, Any]) -> str:
    if "$ref" in value:
        return _title(value["$ref"].rsplit("/", 1)[1])
    if "anyOf" in value:
        return " or ".join(dict.fromkeys(_type(option) for option in value["anyOf"]))
    if "enum" in value:
        return ", ".join(f"`{option}`" for option in value["enum"])
    if value.get("type") == "array":
        inner = value.get("items") or {"type": "number"}
        return f"list of {_type(inner)}"
    return str(value.get("type", "any"))


if __name__ == "__main__":
    main()
