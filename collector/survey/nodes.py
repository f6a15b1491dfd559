"""YAML with line numbers: plain data, and for each value the line it stands on; faults instead of exceptions."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any

import yaml

from collector.survey.faults import Fault

MAX_DEPTH = 20


@dataclass
class Source:
    """One file being read: its name, its faults so far, and the line of each mapping and list, by identity."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    lines: dict[int, int] = field(default_factory=dict)
    keys: dict[tuple[int, str], int] = field(default_factory=dict)

    def fault(self, kind: str, line: int, **values: object) -> None:
        """Note a fault; reading goes on, so that one run shows them all."""
        words = tuple(sorted((k, str(v)) for k, v in values.items()))
        self.faults.append(Fault(self.file, line, kind, words))

    def line(self, node: object, key: str = "") -> int:
        """The line of a mapping or list, or of one of its keys; 1 when unknown."""
        if key and (id(node), key) in self.keys:
            return self.keys[id(node), key]
        return self.lines.get(id(node), 1)


class _Loader(yaml.SafeLoader):
    """SafeLoader without dates and without aliases, which a small file can blow up with."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases (*name) are not used in survey files", mark)
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rows if tag != "tag:yaml.org,2002:timestamp"]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(text: str, source: Source) -> Any:
    """Plain data from YAML text, or None after a fault."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        return None if node is None else _plain(node, loader, source, "the file", 0)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        source.fault("not_yaml", line, detail=f"the character U+{error.character:04X} is not allowed")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        detail = getattr(error, "problem", None) or "it is nested too deeply"
        source.fault("not_yaml", mark.line + 1 if mark else 1, detail=detail)
    except RecursionError:
        source.fault("not_yaml", 1, detail="it is nested too deeply")
    return None


def _plain(node: yaml.Node, loader: _Loader, source: Source, where: str, depth: int) -> Any:
    line = node.start_mark.line + 1
    if depth > MAX_DEPTH:
        raise yaml.YAMLError("nested too deeply")
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, loader, source, where, depth)
    if isinstance(node, yaml.SequenceNode):
        items = [_plain(child, loader, source, where, depth + 1) for child in node.value]
        source.lines[id(items)] = line
        return items
    value = loader.construct_object(node)
    if isinstance(value, bool) and str(node.value).lower() not in ("true", "false"):
        source.fault("yaml_bool", line, text=node.value, where=where)
        return str(node.value)
    return value


def _mapping(node: yaml.MappingNode, loader: _Loader, source: Source, where: str, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    source.lines[id(found)] = node.start_mark.line + 1
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = _plain(key_node, loader, source, where, depth + 1)
        if not isinstance(key, str):
            key = str(getattr(key_node, "value", key))
        if key in found:
            source.fault("duplicate_key", line, key=key, where=where)
        inside = f"`{key}`"
        found[key] = _plain(value_node, loader, source, inside, depth + 1)
        source.keys[id(found), key] = value_node.start_mark.line + 1
    return found


def clean(text: str) -> bool:
    """True when text is NFC and holds no control characters or lone surrogates."""
    odd = any(unicodedata.category(c) in ("Cc", "Cs") for c in text)
    return not odd and unicodedata.is_normalized("NFC", text)
