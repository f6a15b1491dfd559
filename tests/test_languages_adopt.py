"""The deployer's own translations: copied once, then kept with every word and signature through every upgrade."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.cli import collector
from collector.db import backup
from collector.errors import SettingsError
from collector.languages import adopt, merge, po, registry, signing
from collector.languages.po import Entry, PoFile
from collector.responses import gone
from collector.settings import load
from tests.languages import ROMANIAN, folder, texts
from tests.languages import catalogue as made
from tests.world import TODAY, World

OLD = (Entry("a", "Yes", "Da"), Entry("b", "No", "Nu"), Entry("c", "Maybe", "Poate"))


def next_version(shipped: Path, *entries: Entry) -> None:
    po.write(shipped / "ro" / "messages.po", made(ROMANIAN, entries))


def upgraded(own: Path, shipped: Path) -> PoFile:
    """What `migrate` does to the Romanian catalogue when the English is what is shipped."""
    assert adopt.is_behind(own, shipped)
    adopt.merge_files(own, shipped)
    path = own / "ro" / "messages.po"
    english = [(e.context, e.source, "") for e in po.read(shipped / "ro" / "messages.po").entries]
    po.write(path, signing.refresh(merge.merge(po.read(path), merge.template(english, ""), {})))
    list(adopt.merge_words(own, registry.load(own), shipped))
    assert not adopt.is_behind(own, shipped)
    return po.read(path)


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    made = folder(tmp_path / "package", ro=OLD)
    (made / "terms.csv").write_text("term,note,ro\ntrust,,încredere\nGP,,medic\n")
    (made / "forbidden.csv").write_text("language,word,why\nro,anonim,no\n")
    (made / "NOTES-ro.md").write_text("old")
    return made


@pytest.fixture
def own(tmp_path: Path, shipped: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(adopt, "SHIPPED", shipped)
    adopt.adopt(tmp_path / "own")
    return tmp_path / "own"


def change(own: Path, *entries: Entry, signers: Iterable[str] = ()) -> None:
    file = made(ROMANIAN, entries)
    for name in signers:
        file = signing.sign(file, name, "reader", date(2026, 11, 20))
    po.write(own / "ro" / "messages.po", file)


def test_shipped_words_are_taken_in_where_nobody_here_has_others(own: Path, shipped: Path) -> None:
    change(own, OLD[0], Entry("b", "No", "Ba nu"), OLD[2])
    next_version(shipped, Entry("a", "Yes", "Sigur"), Entry("b", "No", "Nicidecum"), OLD[2], Entry("d", "So", "Așa"))
    file = upgraded(own, shipped)
    assert texts(file) == {
        "a": ("Sigur", "", False), "b": ("Ba nu", "", False), "c": ("Poate", "", False), "d": ("Așa", "", False)
    }  # fmt: skip
    assert {e.context: e.remarks for e in file.entries if e.remarks} == {"b": ("shipped: Nicidecum",)}


def test_a_signed_translation_keeps_every_word_and_signature(own: Path, shipped: Path) -> None:
    change(own, *OLD, signers=("Lucia", "Ahmed"))
    next_version(shipped, Entry("a", "Yes", "Sigur"), OLD[1], Entry("d", "So", "Așa"))
    file = upgraded(own, shipped)
    assert texts(file) == {"a": ("Da", "", False), "b": ("Nu", "", False), "d": ("", "", False)}
    assert [e.text for e in file.obsolete] == ["Poate"]
    assert [s.name for s in signing.valid(file)] == ["Lucia", "Ahmed"]
    assert {e.context: e.remarks for e in file.entries if e.remarks} == {
        "a": ("shipped: Sigur",), "d": ("shipped: Așa",)
    }  # fmt: skip


def test_what_somebody_here_took_away_does_not_come_back(own: Path, shipped: Path) -> None:
    change(own, Entry("a", "Yes"), *OLD[1:])
    (own / "NOTES-ro.md").unlink()
    (shipped / "NOTES-ro.md").write_text("new")
    next_version(shipped, *OLD, Entry("d", "So", "Așa"))
    assert texts(upgraded(own, shipped))["a"] == ("", "", False)
    assert not (own / "NOTES-ro.md").exists()


def test_new_languages_and_agreed_words_are_added_and_ours_stay(own: Path, shipped: Path) -> None:
    ours = "- {tag: it, native_name: italiano, name: Italian, script: Latn, babel_locale: it, catalogue: it}\n"
    with (own / "languages.yaml").open("a", encoding="utf-8") as out:
        out.write(ours)
    with (shipped / "languages.yaml").open("a", encoding="utf-8") as out:
        out.write("- {tag: sq, native_name: shqip, name: Albanian, script: Latn, babel_locale: sq, catalogue: sq}\n")
    po.write(shipped / "sq" / "messages.po", made(ROMANIAN, [Entry("a", "Yes", "Po")]))
    (own / "terms.csv").write_text("term,note,ro\ntrust,,nădejde\n")
    (shipped / "terms.csv").write_text("term,note,ro,sq\ntrust,,încredere,besim\nGP,,medic,mjek\nnurse,,asistentă,\n")
    (shipped / "forbidden.csv").write_text("language,word,why\nro,anonim,no\nro,secret,no\n")
    upgraded(own, shipped)
    assert {"it", "sq", "ro"} <= registry.load(own).languages.keys()
    assert texts(po.read(own / "sq" / "messages.po")) == {"a": ("Po", "", False)}
    assert (own / "terms.csv").read_text() == "term,note,ro,sq\ntrust,,nădejde,besim\nnurse,,asistentă,\n"
    assert "secret" in (own / "forbidden.csv").read_text()


def test_merging_twice_or_after_a_crash_changes_nothing_more(own: Path, shipped: Path) -> None:
    change(own, OLD[0], Entry("b", "No", "Ba nu"), OLD[2])
    former = shutil.copytree(own / "shipped", own.parent / "former")
    next_version(shipped, Entry("a", "Yes", "Sigur"), Entry("b", "No", "Nicidecum"), OLD[2])
    once = upgraded(own, shipped)
    shutil.rmtree(own / "shipped")
    shutil.copytree(former, own / "shipped")
    assert upgraded(own, shipped) == once


def call(world: World, *arguments: str) -> str:
    """A command in this process; what it prints or refuses with."""
    env = {"COLLECTOR_DATA": str(world.settings.data), "COLLECTOR_EXPORTS": str(world.settings.exports)}
    done = CliRunner().invoke(collector, arguments, env=env)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_a_language_is_adopted_signed_upgraded_and_in_the_backup(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    shutil.copytree(world.settings.translations, package)
    monkeypatch.setattr(adopt, "SHIPPED", package)
    sign = ("languages", "sign", "ro", "--role", "reader", "--as")
    for refused in ((*sign, "Lucia"), ("languages", "update"), ("languages", "import", __file__)):
        with pytest.raises(SettingsError, match="collector languages adopt"):
            call(world, *refused)
    assert str(world.settings.data / "translations") in call(world, "languages", "adopt")
    assert "already" in call(world, "languages", "adopt")
    path = world.settings.data / "translations" / "ro" / "messages.po"
    po.write(path, signing.sign(signing.sign(po.read(path), "Lucia", "reader", TODAY), "Ahmed", "reader", TODAY))
    shipped_ro = po.read(package / "ro" / "messages.po")
    first = shipped_ro.entries[0]
    po.write(
        package / "ro" / "messages.po",
        PoFile(shipped_ro.header, (merge.confirmed(first, "Altfel"), *shipped_ro.entries[1:])),
    )
    assert "brought up to date: ro/messages.po" in call(world, "migrate")
    assert "brought up to date" not in call(world, "migrate")
    file = po.read(path)
    assert len(signing.valid(file)) == 2
    assert "shipped: Altfel" in file.entries[0].remarks
    backup.backup(
        world.settings.__class__(**{**vars(world.settings), "translations": path.parents[1]}), tmp_path / "b.tar.gz"
    )
    backup.restore(tmp_path / "new", tmp_path / "b.tar.gz", TODAY, gone.unite, replace=False)
    assert load({"COLLECTOR_DATA": str(tmp_path / "new")}).translations == tmp_path / "new" / "translations"
    assert (tmp_path / "new" / "translations" / "ro" / "messages.po").read_bytes() == path.read_bytes()


def test_a_variable_that_leads_elsewhere_is_named_before_anything_is_copied(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLLECTOR_TRANSLATIONS", str(world.settings.translations))
    with pytest.raises(SettingsError, match="COLLECTOR_TRANSLATIONS"):
        call(world, "languages", "adopt")
    assert not (world.settings.data / "translations").exists()
