"""Which nuclides the table holds; their radioactive descendants are added by the builder."""

from __future__ import annotations

GROUPS: dict[str, str] = {
    "lists of particulate processing": """
        Sr-91 Y-91 Y-91m Y-93 Nb-95 Zr-95 Zr-97 Mo-99 Tc-99m Ru-103 Rh-105 Ru-106 Ag-111
        Pd-112 Cd-115 Cd-115m In-115m Sb-125 Sn-125 Sb-126 Sb-127 Sb-128 Te-129 Te-129m
        I-130 I-131 Te-131m I-132 Te-132 I-133 I-135 Ba-136m Cs-136 Cs-137 Ba-140 La-140
        Ce-141 Ce-143 Ce-144 Pr-144 Nd-147 Pm-149 Pm-151 Sm-153 Eu-155 Eu-156 Sm-156 Eu-157
        Na-24 Ar-41 K-42 Sc-46 Sc-47 Cr-51 Mn-54 Co-57 Co-58 Fe-59 Co-60 Zn-65 Zn-69m Ga-72
        As-74 Se-75 As-76 Br-77 Rb-84 Sr-85 Rb-86 Y-88 Y-89m Zr-89 Rh-102 Ag-106m Ag-108m
        Ag-110m In-113m Sn-113 Sb-120m Sb-122 I-123 Sb-124 Cs-132 Ba-133 Cs-134 Ce-139
        Eu-152 Eu-152m Tm-168 W-187 Ir-190 Ir-192 Au-196 Au-196m2 Au-198 Tl-201 Hg-203
        Pb-203 U-237 Np-239 Be-7 Na-22 K-40 Pb-210 Pb-212 Bi-214 Pb-214 Ra-224 Ra-226 Ac-228
        Th-228 Pa-234m Th-234 U-235""",
    "noble gases": """
        Xe-131m Xe-133m Xe-133 Xe-135 Xe-135m Xe-127 Xe-129m Xe-125 Xe-137 Xe-138 Ar-37
        Ar-39 Kr-85 Kr-85m Kr-87 Kr-88 Rn-222 Rn-220 Rn-219""",
    "chains of fission": """
        Sb-131 Te-131 Te-131m Sb-132 Te-133 Te-133m Sb-133 Te-134 I-134 Cs-138 Ba-139
        La-141 La-142 Pr-143 Pr-144m Sr-89 Sr-90 Sr-92 Y-92 Rb-88 Nb-97 Nb-97m Ru-105
        Rh-105m Rh-106 Rh-106m Rh-107 Pd-109 Ag-109m Ag-112 Ag-113 Sn-121 Sn-123 Sb-126m
        Sb-129 Sb-130 Te-125m Te-127 Te-127m I-129 Cs-134m Cs-135 Pm-147 Pm-148 Pm-148m
        Sm-151 Eu-154 Tb-160 Tb-161 Gd-159 Br-82 Br-83 Br-84 Ga-73 Zn-72 Se-81m Sr-94 Zr-93
        Tc-99 Pd-111m""",
    "activation, calibration, medicine, industry": """
        Am-241 Cd-109 U-232 Th-229 Th-227 Ra-223 Gd-153 Ho-166m Lu-176 Lu-177 Lu-177m Ga-67
        Ga-68 Ge-68 F-18 In-111 Tl-200 Tl-202 C-11 N-13 O-15 Sc-44 Sc-48 V-48 Mn-52 Mn-56
        Fe-55 Ni-57 Ni-63 Ni-65 Co-56 Co-58m Co-60m Co-55 Cu-64 Cu-67 Zn-63 Ge-71 As-73
        Rb-82 Sr-82 Y-90 Zr-88 Nb-92m Nb-94 Tc-95m Tc-96 Ru-97 Rh-99 Rh-101 Rh-102m Pd-103
        Ag-105 Cd-107 In-114m In-116m Sn-117m Sb-122m Sb-124m Te-121 Te-121m Te-123m I-124
        I-125 I-126 I-128 Ba-128 Cs-129 Ba-131 Cs-131 Ba-135m La-137 Pm-143 Pm-144 Eu-149
        Tb-158 Dy-165 Er-169 Yb-169 Yb-175 Hf-175 Hf-180m Hf-181 Ta-182 W-181 W-185 Re-184
        Re-186 Re-188 Os-185 Os-191 Ir-194 Pt-191 Pt-193m Pt-195m Pt-197 Au-195 Au-199
        Hg-197 Hg-197m Bi-207 Al-26 Mg-28 Al-28 P-32 Cl-34m Cl-36 Cl-38 Ti-44 K-43 Ca-45
        Ca-47 Cr-49 H-3 C-14 Be-10 Ba-137m""",
    "heavy chains": """
        U-238 U-234 Pa-234 Th-232 Ra-228 Th-230 Po-218 Po-214 Bi-210 Po-210 Tl-210 Bi-212
        Tl-208 Po-216 Po-212 Th-231 Pa-231 Ac-227 Fr-223 Po-215 Pb-211 Bi-211 Tl-207 Po-211
        Pa-233 U-233 Np-237 Np-238 U-236 U-239 Pu-236 Pu-238 Pu-239 Pu-240 Pu-241 Pu-242
        Am-242 Am-242m Am-243 Cm-242 Cm-243 Cm-244 Ac-225 Fr-221 At-217 Bi-213 Tl-209 Pb-209
        U-240 Np-240 Np-240m""",
}
"""In vigie's spelling, by why they are there."""


def chosen() -> tuple[str, ...]:
    """Return all names once, in the order above."""
    return tuple(dict.fromkeys(name for group in GROUPS.values() for name in group.split()))


_WITH_ELECTRONS = """
    Xe-131m Xe-133m Xe-133 Xe-135 Xe-135m Xe-127 Xe-129m Xe-125 Ba-137m Pb-214 Bi-214 Pb-212
    Bi-212 Tl-208 Kr-85m Kr-85 Kr-88 Cd-109 Ag-109m Ce-139 Sn-113 In-113m"""
WITH_ELECTRONS = frozenset(_WITH_ELECTRONS.split())
"""Nuclides whose electron lines are kept: what a beta-gamma system meets or is calibrated with."""

STABLE_S = 1e17
"""Descendants that live longer than this end a chain unless chosen above."""
