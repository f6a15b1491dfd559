"""The deployer's own translations: a copy of the shipped ones, into which later shipped ones are merged.

Beside them lies, in `shipped/`, what was shipped when they were last merged: so it is known what people here have
changed. Their words are never replaced, and a translation that somebody has signed keeps every word and signature:
what is shipped anew then stands above the message, as a remark for translators.
"""

from __future__ import annotations

import csv
import filecmp
import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import yaml

from collector import files
from collector.errors import SettingsError
from collector.languages import merge, po, signing
from collector.languages.po import Entry, PoFile
from collector.languages.registry import Registry, load
from collector.languages.upkeep import TEMPLATE, path_of, translated
from collector.settings import PACKAGE

SHIPPED = PACKAGE / "shipped" / "translations"
BASE = "shipped"
LIST = "languages.yaml"
KEYS = {"terms.csv": 1, "forbidden.csv": 2}
"""Tables whose rows are merged, with how many columns say what a row is about."""
REMARK = "shipped: "


def is_shipped(folder: Path) -> bool:
    """True for what comes with the program."""
    return folder.is_relative_to(PACKAGE)


def refuse_shipped(folder: Path) -> None:
    """Raise SettingsError when words may not be changed in a folder: an upgrade would lose them."""
    if is_shipped(folder) and not SHIPPED.is_symlink():
        raise SettingsError(
            "These translations come with the program and would be lost at the next upgrade. "
            "Run `collector languages adopt` first: it copies them into the data folder."
        )


def adopt(target: Path) -> None:
    """Copy what is shipped to a folder, whole or not at all."""
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    _copy(SHIPPED, part)
    _copy(SHIPPED, part / BASE)
    part.rename(target)


def _copy(source: Path, target: Path) -> None:
    for file in _files(source):
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / file, target / file)


def _files(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def is_behind(own: Path, shipped: Path) -> bool:
    """True when something else is shipped now than what an adopted folder was last merged with."""
    base = own / BASE
    return base.is_dir() and any(not _same(base / file, shipped / file) for file in _files(shipped))


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)


def merge_files(own: Path, shipped: Path) -> None:
    """Bring in new languages, agreed words and other files; what was changed here stays. Words come after."""
    base = own / BASE
    for file in _files(shipped):
        if file.name == TEMPLATE or _same(base / file, shipped / file):
            continue
        if _same(own / file, base / file) or _is_new(own / file, base / file):
            (own / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(shipped / file, own / file)
        elif file.name == LIST:
            _add_languages(own / file, base / file, shipped / file)
        elif file.name in KEYS:
            _add_rows(own / file, base / file, shipped / file, KEYS[file.name])


def _is_new(own: Path, base: Path) -> bool:
    """Not there, and not because somebody here took it away."""
    return not own.exists() and not base.exists()


def _add_languages(own: Path, base: Path, shipped: Path) -> None:
    """Append lines of languages that neither list has."""
    known, text = load(own.parent).languages, own.read_text(encoding="utf-8")
    former = _lines_by_tag(base) if base.exists() else {}
    for tag, line in _lines_by_tag(shipped).items():
        fallback = yaml.safe_load(line)[0].get("fallback", [])
        if tag not in known and tag not in former and set(fallback) <= set(known):
            text = f"{text.rstrip()}\n{line}\n"
    files.replace(own, text.encode(), files.SHARED)


def _lines_by_tag(path: Path) -> dict[str, str]:
    lines = (line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("- {"))
    return {str(yaml.safe_load(line)[0]["tag"]): line for line in lines}


def _add_rows(own: Path, base: Path, shipped: Path, keys: int) -> None:
    """Add rows and columns that are shipped anew; cells of ours stay."""
    ours, theirs, former = _rows(own), _rows(shipped), _rows(base) if base.exists() else []
    columns = list(dict.fromkeys(name for row in (*ours, *theirs) for name in row))
    known = {_key(row, keys): row for row in ours}
    gone = {_key(row, keys) for row in former}
    for row in theirs:
        if _key(row, keys) in known:
            known[_key(row, keys)] |= {name: cell for name, cell in row.items() if name not in ours[0]}
        elif _key(row, keys) not in gone:
            ours.append(row)
    out = io.StringIO()
    table = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(ours)
    files.replace(own, out.getvalue().encode(), files.SHARED)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [dict(row) for row in csv.DictReader(lines)]


def _key(row: dict[str, str], keys: int) -> tuple[str, ...]:
    return tuple(row.values())[:keys]


def merge_words(own: Path, registry: Registry, shipped: Path) -> Iterator[str]:
    """Bring shipped words into every catalogue that is up to date with what is said; which files changed.

    What is shipped becomes what the next merge starts from.
    """
    for language in translated(registry):
        path, other, former = (path_of(folder, language) for folder in (own, shipped, own / BASE))
        if path.is_file() and other.is_file():
            before = po.read(former) if former.is_file() else PoFile({})
            if po.write(path, merged(po.read(path), before, po.read(other))):
                yield f"{language.catalogue}/messages.po"
    _copy(shipped, own / BASE)


def merged(own: PoFile, before: PoFile, shipped: PoFile) -> PoFile:
    """A catalogue with the words that are shipped anew, where nobody here has other ones and nobody has signed."""
    signed = bool(signing.valid(own))
    words = {(e.context, e.source): e.text for e in shipped.entries if e.text and not e.stale}
    former = {(e.context, e.text) for e in (*before.entries, *before.obsolete)}
    entries = tuple(_entry(e, words.get((e.context, e.source), ""), former, signed) for e in own.entries)
    return signing.refresh(replace(own, entries=entries))


def _entry(held: Entry, text: str, former: set[tuple[str, str]], signed: bool) -> Entry:
    if not text or text == held.text or (held.context, text) in former:
        return held
    if not signed and (not held.text or (held.context, held.text) in former):
        return merge.confirmed(held, text)
    remarks = tuple(remark for remark in held.remarks if not remark.startswith(REMARK))
    return replace(held, remarks=(*remarks, REMARK + " ".join(text.split())))
