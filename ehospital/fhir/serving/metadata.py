"""CapabilityStatement and SMART configuration: what the door can do, made from what it does."""

from typing import Any, Final

from django.http import HttpRequest

import ehospital
from ehospital.fhir.serving.creating import CREATED
from ehospital.fhir.serving.kinds import Kind
from ehospital.fhir.serving.outcomes import MEDIA_TYPE, Json
from ehospital.fhir.serving.types import KINDS
from ehospital.people import smart

SINCE: Final = "2026-11-23"
_OAUTH: Final = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
_RESTFUL: Final = "http://terminology.hl7.org/CodeSystem/restful-security-service"


def capabilities(request: HttpRequest) -> Json:
    """Return the CapabilityStatement."""
    base = request.build_absolute_uri("/fhir")
    security = {
        "extension": [{"url": _OAUTH, "extension": [{"url": "token", "valueUri": f"{base}/token"}]}],
        "service": [{"coding": [{"system": _RESTFUL, "code": "SMART-on-FHIR"}]}],
        "description": "OAuth 2.0 client credentials with SMART system scopes.",
    }
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": SINCE,
        "kind": "instance",
        "software": {"name": "E-Hospital", "version": ehospital.__version__},
        "implementation": {"description": "E-Hospital", "url": base},
        "fhirVersion": "4.0.1",
        "format": [MEDIA_TYPE, "json"],
        "rest": [{"mode": "server", "security": security, "resource": [_resource(one) for one in KINDS.values()]}],
    }


def _resource(kind: Kind) -> Json:
    interactions = ["read", "search-type", *(["create"] if kind.name in CREATED else [])]
    return {
        "type": kind.name,
        "interaction": [{"code": code} for code in interactions],
        "versioning": "versioned",
        "readHistory": False,
        "updateCreate": False,
        "conditionalCreate": kind.name in CREATED,
        "conditionalRead": "full-support",
        "referencePolicy": ["literal", "local"],
        "searchParam": [{"name": name, "type": one.type} for name, one in kind.parameters.items()],
    }


def smart_configuration(request: HttpRequest) -> dict[str, Any]:
    """Return what a SMART client asks before it asks for a token."""
    base = request.build_absolute_uri("/fhir")
    return {
        "token_endpoint": f"{base}/token",
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": [f"system/{kind}.{deed}" for kind in (*smart.KINDS, "*") for deed in smart.DEEDS],
        "capabilities": ["client-confidential-symmetric", "permission-v1"],
    }
