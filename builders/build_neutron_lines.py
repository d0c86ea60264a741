"""Build the table of lines that neutrons excite in detector and shield.

    python -m builders.build_neutron_lines SITE_PACKAGES

with the environment of ``builders/build_nuclides.py``. Which reactions are met in germanium
detectors of stations is known from the lists of the International Data Centre (class COSMIC)
and general experience; the energies are those of ENSDF: of the transition in the product
nucleus, or of its level where an electric monopole or a sum is seen; of isomers those of
decay_2012.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from builders._nuclides_decay2012 import read
from builders._nuclides_ensdf import schemes

from vigie.facts.nuclides.names import parts

if TYPE_CHECKING:
    from builders._nuclides_ensdf import Scheme

TARGET = Path(__file__).parents[1] / "src" / "vigie" / "facts" / "nuclides" / "neutron_lines.csv"

TRANSITION, LEVEL, ISOMER = "transition", "level", "isomer"

WANTED = (
    # product nucleus, energy (keV), reaction, what is seen
    ("Ge-73", 13.3, "Ge-72(n,g); Ge-73(n,n')", LEVEL),
    ("Ge-73", 53.4, "Ge-72(n,g); Ge-73(n,n')", TRANSITION),
    ("Ge-73", 66.7, "Ge-72(n,g); Ge-73(n,n')", LEVEL),
    ("Ge-73", 68.8, "Ge-73(n,n')", LEVEL),
    ("F-19", 109.9, "F-19(n,n')", TRANSITION),
    ("Ge-75m", 139.7, "Ge-74(n,g); Ge-76(n,2n)", ISOMER),
    ("Ge-71", 174.9, "Ge-70(n,g)", LEVEL),
    ("F-19", 197.1, "F-19(n,n')", TRANSITION),
    ("Ge-71", 198.4, "Ge-70(n,g)", LEVEL),
    ("Li-7", 477.6, "B-10(n,a)", TRANSITION),
    ("Cd-114", 558.4, "Cd-113(n,g)", TRANSITION),
    ("Ge-76", 562.9, "Ge-76(n,n')", TRANSITION),
    ("Pb-207", 569.7, "Pb-207(n,n')", TRANSITION),
    ("Ge-74", 595.8, "Ge-74(n,n'); Ge-73(n,g)", TRANSITION),
    ("Ge-74", 608.4, "Ge-74(n,n'); Ge-73(n,g)", TRANSITION),
    ("Cu-63", 669.6, "Cu-63(n,n')", TRANSITION),
    ("Ge-72", 691.4, "Ge-72(n,n')", LEVEL),
    ("Cu-65", 770.6, "Cu-65(n,n')", TRANSITION),
    ("Pb-206", 803.1, "Pb-206(n,n')", TRANSITION),
    ("Ge-72", 834.0, "Ge-72(n,n')", TRANSITION),
    ("Al-27", 843.8, "Al-27(n,n')", TRANSITION),
    ("Fe-56", 846.8, "Fe-56(n,n')", TRANSITION),
    ("Ge-74", 867.9, "Ge-73(n,g)", TRANSITION),
    ("Pb-204", 899.2, "Pb-204(n,n')", TRANSITION),
    ("Cu-63", 962.1, "Cu-63(n,n')", TRANSITION),
    ("Al-27", 1014.5, "Al-27(n,n')", TRANSITION),
    ("Ge-70", 1039.5, "Ge-70(n,n')", TRANSITION),
    ("Cu-65", 1115.5, "Cu-65(n,n')", TRANSITION),
    ("Fe-56", 1238.3, "Fe-56(n,n')", TRANSITION),
    ("Cu-63", 1327.0, "Cu-63(n,n')", TRANSITION),
    ("Cu-63", 1412.1, "Cu-63(n,n')", TRANSITION),
    ("Cu-65", 1481.8, "Cu-65(n,n')", TRANSITION),
)

TAILED = frozenset(("Ge-70", "Ge-72", "Ge-74", "Ge-76"))
"""Inelastic scattering on germanium: the recoil adds to the line, a tail on its high side."""

HEAD = """\
# Lines that neutrons excite in detector and shield. No half-life is given: they follow the
# neutron flux, never the sample. Energies: ENSDF as shipped by paceENSDF 0.6.3 (BSD licence), of
# isomers decay_2012 as shipped by actigamma 0.1.5 (Apache-2.0). Which reactions are met is
# common experience and marked an assumption in the documentation.
# tail: 1 where recoil of germanium drags the line out to higher energies.
energy_kev,energy_sigma_kev,product,reaction,seen,tail
"""


def main(site_packages: Path) -> None:
    """Write the table and name what ENSDF does not hold."""
    everything, library = list(schemes(site_packages)), read(site_packages)
    rows = []
    for product, energy, reaction, seen in WANTED:
        found = (
            library[product].gammas[0][:2]
            if seen == ISOMER
            else _energy(everything, product, energy, seen)
        )
        if found is None:
            print(f"not in ENSDF: {product} {energy}")
            continue
        value, sigma = found
        tail = int(product in TAILED and "n,n'" in reaction)
        rows.append(
            f'{value:.3f},{"" if sigma is None else sigma},{product},"{reaction}",{seen},{tail}'
        )
    TARGET.write_text(HEAD + "\n".join(rows) + "\n", encoding="ascii")
    print(f"{len(rows)} lines")


def _energy(
    everything: list[Scheme], product: str, energy_kev: float, seen: str
) -> tuple[float, float | None] | None:
    """Return the most precise energy that any data set gives; of levels the nearest."""
    options: list[tuple[float, float | None]] = []
    for scheme in everything:
        if scheme.daughter != parts(product)[:2]:
            continue
        if seen == LEVEL:
            options += [(one.energy_kev, None) for one in scheme.levels]
        else:
            options += [(one.energy_kev, one.energy_sigma_kev) for one in scheme.transitions]
    near = [one for one in options if abs(one[0] - energy_kev) < 0.6]
    return min(near, key=lambda one: (one[1] or 9.0, abs(one[0] - energy_kev)), default=None)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
