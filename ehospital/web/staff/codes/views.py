"""What a picker of codes asks for while somebody types."""

from typing import Final

from django.http import Http404, HttpResponse, JsonResponse

from ehospital.foundation import codes as tables
from ehospital.kernel.codes import ICD10, ICD10_CM, LOINC
from ehospital.people.access import Permission
from ehospital.web.kit.page import PageRequest, page

# The first of them that was imported is searched.
TABLES: Final = {"icd10": (ICD10, ICD10_CM), "loinc": (LOINC,)}
OFFERED = 12


@page(Permission.CHART_READ)
def codes(request: PageRequest, table: str) -> HttpResponse:
    """Answer with the codes for what was typed, the likeliest first; with none when no release was imported."""
    if table not in TABLES:
        raise Http404
    imported = {one.url for one in tables.systems()}
    system = next((url for url in TABLES[table] if url in imported), "")
    found = tables.find(request.GET.get("q", ""), system=system, most=OFFERED) if system else []
    return JsonResponse({"codes": [{"code": one.code, "words": one.display} for one in found]})
