"""Write the JSON Schema and the documentation page of the document of radionuclide samples.

    python -m builders.sample_document

Both follow from ``vigie.formats.sample_json.document``; a test compares them with it.
"""

from __future__ import annotations

import ast
import itertools
import json
import re
from pathlib import Path
from typing import Any

from builders.json_document import sections

from vigie.formats.sample_json.document import schema

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "src" / "vigie" / "formats" / "sample_json" / "schema.json"
PAGE = ROOT / "docs" / "json-samples.md"

RECORDS = ROOT / "src" / "vigie" / "records" / "nuclide_result.py"

INTRODUCTION = """# The JSON document of samples

`vigie spectrum` and `vigie noblegas` print it with `--json`, `vigie samples -o FILE.json` writes
it and `vigie samples` reads it again; the JSON Schema is shipped as
`vigie/formats/sample_json/schema.json`. This page is made from it
(`python -m builders.sample_document`). What holds of all documents stands in {doc}`json`.

* `samples` has one item for each sample. Of several methods (noble gas) each nuclide has an item
  per method; the first one of a nuclide is that of the main method.
* `unit` is that of `concentration`, `uncertainty`, `critical_level`, `mdc`, `low`, `high` and of
  what `limits` holds. Where no air was collected (a spectrum alone) it is `Bq`, `concentration` is
  null, and the limits are of the activity.
* A reason has a stable `code`, the numbers in `params` and an English sentence in `text`.
* `simulated` follows a sample from its file onto every page.

The tables list the keys. **Bold** keys must be there in a document that is read.
"""


def main() -> None:
    """Write both files."""
    described = described_schema()
    SCHEMA.write_text(json.dumps(described, indent=1) + "\n")
    PAGE.write_text(page(described))


def described_schema() -> dict[str, Any]:
    """Return the schema, with the meaning of the records' fields from their docstrings."""
    described = schema()
    for name, meanings in _meanings(ast.parse(RECORDS.read_text())).items():
        properties = described["$defs"].get(name, {}).get("properties", {})
        for key, value in properties.items():
            if key in meanings and "description" not in value:
                value["description"] = meanings[key]
    return described


def _meanings(module: ast.Module) -> dict[str, dict[str, str]]:
    """Return the docstring below each field, by class and field."""
    found: dict[str, dict[str, str]] = {}
    for one in module.body:
        if not isinstance(one, ast.ClassDef):
            continue
        for field, below in itertools.pairwise(one.body):
            if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
                continue
            if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
                text = " ".join(str(below.value.value).replace("``", "`").split())
                found.setdefault(one.name, {})[field.target.id] = _meaning(text)
    return found


def _meaning(text: str) -> str:
    """Return a docstring as the cell of a table; None is null there."""
    text = re.sub(r"\bNone\b", "null", text).removesuffix(".")
    return text if text.startswith(("L_", "D ")) else text[:1].lower() + text[1:]


def page(described: dict[str, Any]) -> str:
    """Return the documentation page."""
    return "\n".join([INTRODUCTION, *sections(described)])


if __name__ == "__main__":
    main()
