"""Facts of nuclides: decay data, lists, lines of neutrons, fission yields; each with its source."""

from vigie.facts.nuclides.interferences import (
    Interference,
    InterferenceParams,
    family,
    interferences,
)
from vigie.facts.nuclides.lists import (
    NuclideList,
    describe_list,
    from_listed,
    list_names,
    listed_as,
    lists_version,
    nuclide_list,
)
from vigie.facts.nuclides.names import normal_name
from vigie.facts.nuclides.neutrons import NeutronLine, neutron_lines
from vigie.facts.nuclides.records import (
    BetaBranch,
    Branch,
    Coincidence,
    ElectronLine,
    GammaLine,
    LineKind,
    Nuclide,
)
from vigie.facts.nuclides.table import (
    all_nuclides,
    has_nuclide,
    nuclide,
    nuclide_names,
    table_sources,
    table_version,
)
from vigie.facts.nuclides.yields import (
    DEFAULT_EVALUATION,
    FissionYield,
    fission_yields,
    yield_sets,
)

__all__ = [
    "DEFAULT_EVALUATION",
    "BetaBranch",
    "Branch",
    "Coincidence",
    "ElectronLine",
    "FissionYield",
    "GammaLine",
    "Interference",
    "InterferenceParams",
    "LineKind",
    "NeutronLine",
    "Nuclide",
    "NuclideList",
    "all_nuclides",
    "describe_list",
    "family",
    "fission_yields",
    "from_listed",
    "has_nuclide",
    "interferences",
    "list_names",
    "listed_as",
    "lists_version",
    "neutron_lines",
    "normal_name",
    "nuclide",
    "nuclide_list",
    "nuclide_names",
    "table_sources",
    "table_version",
    "yield_sets",
]
