"""The page of settings: every key with its form, default and variable."""

from collections.abc import Iterator
from typing import Any, Final

import yaml

from schemas.forms import LABEL, TEXT
from schemas.settings import FILE, Settings, plain, written
from schemas.settings_tree import Path, variable
from schemas.shapes import Block, Either, Key, Listing, Scalar, Shape, Table
from schemas.web_config import UNSUPPORTED, WEB_CONFIG
from streams.artifacts.markdown import code, name, page, section, table

INTRODUCTION: Final = """
The keys of `deskpulse.yaml`. Every key has a default. A variable of the environment goes before
the file; lists and mappings are written in it as JSON or YAML. `deskpulse check-config FILE`
names every error at once, with its place and the nearest valid name, and prints what is in
effect, secrets hidden.

A change of the settings needs a restart only: workers keep events, not results, and count anew.
"""
WEB_INTRODUCTION: Final = """
The file that `metrics.web_config_file` names, in the format of Prometheus' own web configuration.
Paths in it are relative to it. It is refused with every error at once. It is read again when it
or a file that it names changes; a change counts some four seconds later, when it was seen twice,
for connections that come from then on. If what is read is wrong, the log says so and what was
read before stays in force.

`/-/healthy` and `/-/ready` ask for no password: probes cannot send one, and neither says anything
about the helpdesk. They are served over TLS as all pages are.
"""
HEAD: Final = ("key", "what it is", "form", "default", "variable")
Row = tuple[str, str, str, str, str]


def settings_page(generated: str) -> str:
    """Return the page; `generated` says where it comes from."""
    single = [key for key in FILE.keys if not sub_blocks(key.shape)]
    blocks = [key for key in FILE.keys if sub_blocks(key.shape)]
    return page(
        "Settings",
        generated,
        INTRODUCTION,
        section(2, "Defaults", code(written(Settings()), "yaml")),
        section(2, "Keys", table(HEAD, (of_key(key, (), lead=True) for key in single))),
        *(
            section(2, name(key.name), key.sentence, whole(key), table(HEAD, within(key)))
            for key in blocks
        ),
        section(2, "Web configuration", WEB_INTRODUCTION, *web_config()),
    )


def web_config() -> Iterator[str]:
    """Yield the tables of the web configuration: what is supported, and what is not."""
    rows = [
        row
        for key in WEB_CONFIG.keys
        for row in (within(key, path=None) if sub_blocks(key.shape) else [of_key(key, None)])
    ]
    yield table(HEAD[:-1], (row[:-1] for row in rows))
    yield "What the format has besides these is refused:"
    yield table(("key", "what to do"), ((name(".".join(p)), c) for p, c in UNSUPPORTED.items()))


def whole(key: Key) -> str:
    """Return which variable holds a list or a mapping of blocks as a whole."""
    if isinstance(key.shape, Block):
        return ""
    return f"Variable of the whole: {name(variable((key.name,)))}."


def sub_blocks(shape: Shape) -> tuple[str, Block] | None:
    """Return the block that a shape consists of, and how a path goes into it; None if none."""
    match shape:
        case Block():
            return "", shape
        case Listing(item=Block() as block):
            return "[]", block
        case Table(value=Block() as block):
            return ".NAME", block
    return None


def within(key: Key, above: str = "", path: Path | None = ()) -> Iterator[Row]:
    """Yield the keys below a key, those of inner blocks too."""
    found = sub_blocks(key.shape)
    assert found is not None
    step, block = found
    prefix = f"{above}{key.name}{step}."
    inner = (*path, key.name) if path is not None and step == "" else None
    for below in block.keys:
        if sub_blocks(below.shape):
            yield from within(below, prefix, inner)
        else:
            yield of_key(below, inner, prefix)


def of_key(key: Key, path: Path | None, above: str = "", *, lead: bool = False) -> Row:
    """Return the row of a key; `path` None: no variable leads to it."""
    shown = "required" if key.required else default(key)
    return (
        name(above + key.name),
        key.sentence,
        expected(key.shape),
        shown,
        "–" if path is None else name(variable((*path, key.name))),
    )


def default(key: Key) -> str:
    """Return a default as it is written in a file."""
    value: Any = None if key.default is None else plain(key.shape, key.default)
    if value is None:
        return "absent"
    return name(yaml.safe_dump(value, default_flow_style=True, width=999).partition("\n")[0])


def expected(shape: Shape) -> str:
    """Return what a value may look like."""
    match shape:
        case Scalar(form=form):
            return "a string" if form in (TEXT, LABEL) else form.expected
        case Listing(item=item, alone=alone):
            return f"{'one or ' if alone else ''}a list: {expected(item)}"
        case Table(key=key, value=value):
            return f"a mapping: {expected(Scalar(key))} to {expected(value)}"
        case Either(scalar=scalar, table=inner):
            return f"{expected(scalar)}, or {expected(inner)}"
        case Block():
            return "a mapping"
