"""Every template compiles, and what it names is there: parents, fragments, components, addresses and static files."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Engine, Node, Template, TemplateDoesNotExist, TemplateSyntaxError, engines
from django.template.base import FilterExpression, Variable
from django.template.defaulttags import URLNode
from django.template.loader_tags import ExtendsNode, IncludeNode
from django.templatetags.static import StaticNode
from django.urls import URLPattern, URLResolver, get_resolver

from tests.house.tree import Finding, House

RULE = "template"
COMPONENT = re.compile(r"<c-([\w.-]+)")
RESERVED = {"slot", "vars", "component"}
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?endcomment\s*%\}|<!--.*?-->", re.DOTALL)

# What the Content-Security-Policy refuses would fail silently in the browser; here it fails aloud.
REFUSED = {
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=|<style\b", re.IGNORECASE),
    "an inline event handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*application/(?:ld\+)?json)", re.IGNORECASE),
    "a javascript: address": re.compile(r"\b(?:href|src|action)\s*=\s*[\"']?javascript:", re.IGNORECASE),
}
_ELSEWHERE = "Move it to a file of web/static; the Content-Security-Policy refuses it here"


def check(house: House) -> Iterator[Finding]:
    """Compile every template of ours through Django's own engine and look up what it names."""
    engine = engines["django"].engine
    for path, name in _templates(house):
        text = house.text(path)
        try:
            template = engine.get_template(name)
        except TemplateSyntaxError as error:
            line = getattr(getattr(error, "token", None), "lineno", None) or 1
            yield Finding(path.as_posix(), line, RULE, str(error), "Mend the tag")
            continue
        except TemplateDoesNotExist as error:
            yield Finding(
                path.as_posix(), 1, RULE, f"Django does not find {error}", "Add its folder to the template dirs"
            )
            continue
        yield from _named(path, template, engine)
        yield from _components(path, text, engine)
        yield from _refused(path, text)


def _templates(house: House) -> Iterator[tuple[Path, str]]:
    """Every template of ours: its path and the name that Django knows it by."""
    folders = [Path(folder) for setting in settings.TEMPLATES for folder in setting["DIRS"]]
    for path in house.files:
        if path.suffix not in {".html", ".txt"} or "static" in path.parts:
            continue
        place = (house.root / path).resolve()
        for folder in folders:
            if place.is_relative_to(folder.resolve()):
                yield path, place.relative_to(folder.resolve()).as_posix()
        if "templates" in path.parts:
            yield path, Path(*path.parts[path.parts.index("templates") + 1 :]).as_posix()


def _named(path: Path, template: Template, engine: Engine) -> Iterator[Finding]:
    for node in template.nodelist.get_nodes_by_type(Node):
        line = getattr(getattr(node, "token", None), "lineno", None) or 1
        if isinstance(node, ExtendsNode | IncludeNode):
            name = _constant(node.parent_name if isinstance(node, ExtendsNode) else node.template)
            if name and not _found(engine, name):
                yield Finding(path.as_posix(), line, RULE, f"there is no template {name}", "Mend the name")
        elif isinstance(node, URLNode):
            name = _constant(node.view_name)
            if name and name not in _address_names():
                yield Finding(
                    path.as_posix(), line, RULE, f"no address is named {name}", "Mend the name, or route it in urls.py"
                )
        elif isinstance(node, StaticNode):
            name = node.path.var if isinstance(node.path.var, str) else None
            if name and finders.find(name) is None:
                yield Finding(
                    path.as_posix(),
                    line,
                    RULE,
                    f"there is no static file {name}",
                    "Mend the name, or add it to web/static",
                )


def _constant(value: FilterExpression) -> str | None:
    """What a tag names when it names it in quotes."""
    return (
        value.var if isinstance(value.var, str) and not isinstance(value.var, Variable) and not value.filters else None
    )


def _found(engine: Engine, name: str) -> bool:
    try:
        engine.find_template(name)
    except TemplateDoesNotExist:
        return False
    except TemplateSyntaxError:
        pass
    return True


@cache
def _address_names() -> frozenset[str]:
    return frozenset(_names(get_resolver().url_patterns, ""))


def _names(patterns: list[URLPattern | URLResolver], space: str) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif pattern.name:
            yield space + pattern.name


def _components(path: Path, text: str, engine: Engine) -> Iterator[Finding]:
    text = _without_comments(text)
    for found in COMPONENT.finditer(text):
        name = found[1].rstrip(".")
        file = f"{settings.COTTON_DIR}/{name.replace('.', '/').replace('-', '_')}"
        if name not in RESERVED and not any(_found(engine, f"{file}{end}") for end in (".html", "/index.html")):
            line = text.count("\n", 0, found.start()) + 1
            yield Finding(
                path.as_posix(), line, RULE, f"there is no component {file}.html", "Mend the name, or add it to the kit"
            )


def _refused(path: Path, text: str) -> Iterator[Finding]:
    if path.suffix != ".html" or "email" in path.parts:
        return  # a letter has no Content-Security-Policy
    text = _without_comments(text)
    for what, pattern in REFUSED.items():
        for found in pattern.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield Finding(path.as_posix(), line, RULE, what, _ELSEWHERE)


def _without_comments(text: str) -> str:
    """The text with its comments blanked, so that line numbers stay."""
    return COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
