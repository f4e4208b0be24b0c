"""How a child grows beside WHO's standards: z-scores and centiles by the LMS method, and curves to draw.

Source: WHO Child Growth Standards, birth to 5 years (2006: Methods and development, chapter 7, and the igrowup macros
for age, position, limits and flags); WHO Growth Reference 5 to 19 years (de Onis et al., Bull WHO 2007;85:660-667). The
tables are in this folder, each with where it comes from. How long an age is corrected for an early birth: Royal College
of Paediatrics and Child Health, UK-WHO charts. What a z-score is called: WHO Training Course on Child Growth Assessment
(2008), module C, and the cut-offs of the reference of 2007.
"""

from typing import Final

from ehospital.algorithms.growth.ages import Age, corrected
from ehospital.algorithms.growth.reading import Reading, reading
from ehospital.algorithms.growth.reference import (
    LAST_DAY_OF_STANDARDS,
    LYING_UNTIL_DAY,
    Indicator,
    Lms,
    by_age,
    by_height,
    last_day,
)
from ehospital.algorithms.growth.scoring import Measured, Score, centile, scores, value_at, z_score

VERSION: Final = "1.0.0"

__all__ = [
    "LAST_DAY_OF_STANDARDS", "LYING_UNTIL_DAY", "VERSION", "Age", "Indicator", "Lms", "Measured", "Reading", "Score",
    "by_age", "by_height", "centile", "corrected", "last_day", "reading", "scores", "value_at", "z_score",
]  # fmt: skip
