"""Describes the API in OpenAPI 3.1, from the table of routes and the models themselves.

Must not say anything that those do not.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from handlers.api.auth import SCOPES
from handlers.api.shapes import ErrorShape
from handlers.api.table import Route

_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"{(\w+)}")
_NUMBER = {"type": "integer", "minimum": 1}
_TEXT = {"type": "string", "minLength": 1}

Mode = Literal["validation", "serialization"]
Schemas = Mapping[Any, dict[str, Any]]
"""The schema of a (model, mode)."""


def describe(routes: Sequence[Route]) -> dict[str, Any]:
    """The document."""
    wanted = list(dict.fromkeys(_models(routes)))
    schemas, definitions = models_json_schema(wanted, ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        operation = _operation(route, schemas, definitions["$defs"])
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "E2A", "version": "1", "summary": "Exceptions for 3PL operations"},
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _models(routes: Sequence[Route]) -> list[tuple[type[BaseModel], Mode]]:
    found: list[tuple[type[BaseModel], Mode]] = [(ErrorShape, "serialization")]
    for route in routes:
        found += [(model, "validation") for model in (route.body, route.query) if model]
        found += [(model, "serialization") for model in route.answers.values() if model]
    return found


def _operation(route: Route, schemas: Schemas, definitions: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{route.method.lower()}{re.sub(r'[^a-z]+', '_', route.path)}".rstrip("_"),
        "summary": route.summary,
        "description": f"Who may call: {route.access.value}.",
        "parameters": _path_parameters(route) + _query_parameters(route, definitions),
        "responses": _responses(route, schemas),
    }
    if route.body:
        content = {"application/json": {"schema": schemas[route.body, "validation"]}}
        optional = all(not f.is_required() for f in route.body.model_fields.values())
        operation["requestBody"] = {"required": not optional, "content": content}
    if route.access in SCOPES:
        operation["security"] = [{"key": []}]
    return operation


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _NUMBER if name == "id" else _TEXT}
        for name in _PARAMETER.findall(route.path)
    ]


def _query_parameters(route: Route, definitions: dict[str, Any]) -> list[dict[str, Any]]:
    """A query model's fields, one parameter each; the model itself is no body."""
    if route.query is None:
        return []
    fields = definitions[route.query.__name__]["properties"]
    return [{"name": name, "in": "query", "schema": schema} for name, schema in fields.items()]


def _responses(route: Route, schemas: Schemas) -> dict[str, Any]:
    answers = {str(status): _response(route, model, schemas) for status, model in _sorted(route)}
    failed = {"application/json": {"schema": schemas[ErrorShape, "serialization"]}}
    return answers | {"default": {"description": "Refused or failed", "content": failed}}


def _sorted(route: Route) -> list[tuple[int, type[BaseModel] | None]]:
    return sorted(route.answers.items(), key=lambda pair: pair[0])


def _response(route: Route, model: type[BaseModel] | None, schemas: Schemas) -> dict[str, Any]:
    schema = schemas[model, "serialization"] if model else {}
    summary = (model.__doc__ or "").strip() if model else "Free form"
    return {"description": summary, "content": {route.media: {"schema": schema}}}
