"""The vaccines that a form offers, by their CVX codes; any other is written in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VACCINES: Final[dict[str, Promise]] = {
    "19": _("BCG (tuberculosis)"),
    "08": _("Hepatitis B, for children"),
    "43": _("Hepatitis B, for adults"),
    "02": _("Polio, oral"),
    "10": _("Polio, inactivated"),
    "01": _("Diphtheria, tetanus, pertussis (DTP)"),
    "20": _("Diphtheria, tetanus, acellular pertussis (DTaP)"),
    "198": _("DTP, hepatitis B, Hib (five in one)"),
    "146": _("DTaP, polio, Hib, hepatitis B (six in one)"),
    "120": _("DTaP, Hib, polio"),
    "113": _("Tetanus, diphtheria (Td)"),
    "115": _("Tetanus, diphtheria, pertussis for adults (Tdap)"),
    "17": _("Haemophilus influenzae b (Hib)"),
    "133": _("Pneumococcus, conjugate (13)"),
    "33": _("Pneumococcus, polysaccharide (23)"),
    "119": _("Rotavirus, two doses"),
    "116": _("Rotavirus, three doses"),
    "05": _("Measles"),
    "04": _("Measles, rubella (MR)"),
    "03": _("Measles, mumps, rubella (MMR)"),
    "94": _("Measles, mumps, rubella, varicella (MMRV)"),
    "21": _("Varicella"),
    "165": _("Human papillomavirus (9)"),
    "140": _("Influenza, seasonal"),
    "208": _("COVID-19, mRNA"),
    "187": _("Zoster"),
    "85": _("Hepatitis A"),
    "37": _("Yellow fever"),
    "114": _("Meningococcus ACWY"),
}
