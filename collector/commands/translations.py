"""What commands about translations share: all that is said now, and the agreed words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import collector
from collector.commands.context import today
from collector.errors import CollectorError, StoreError, SurveyError
from collector.governance import promises
from collector.installation import Installation
from collector.languages import adopt, extract, meaning, po, registry, sound, terms, upkeep
from collector.languages import check as checking
from collector.languages.sound import Spoken
from collector.responses.versions import published
from collector.survey.definition import Survey
from collector.survey.read import read_folder


def surveys(here: Installation) -> list[Survey]:
    """Every survey that is shown or still accepted: the files, and published versions that answers may still name."""
    found, faults = read_folder(here.settings.forms)
    if faults:
        raise SurveyError(f"{faults[0]} ({len(faults)} in all; `collector check` shows them.)")
    ours = {(survey.code, survey.version): survey for _, survey in found}
    if here.settings.database.exists():
        try:
            accepted = [p.survey for p in published(here.database) if p.accepted_on(today())]
        except StoreError:
            accepted = []
        ours = {**ours, **{(s.code, s.version): s for s in accepted if (s.code, s.version) not in ours}}
    return list(ours.values())


def wanted(here: Installation) -> po.PoFile:
    """All that is said now."""
    given = promises.messages(here.promises)
    notes = terms.notes(here.settings.translations)
    return extract.wanted(Path(collector.__file__).parent, surveys(here), list(given), notes)


def bring_up_to_date(here: Installation) -> list[str]:
    """Merge all that is said now, and what is shipped anew, into the catalogues; the files that changed."""
    folder = here.settings.translations
    behind = adopt.is_behind(folder, adopt.SHIPPED)
    if behind:
        adopt.merge_files(folder, adopt.SHIPPED)
    languages = registry.load(folder)
    template = wanted(here)
    changed = [
        name for name, new in upkeep.update(folder, languages, template, meaning.editions(surveys(here))).items() if new
    ]
    if behind:
        changed += adopt.merge_words(folder, languages, adopt.SHIPPED)
    return list(dict.fromkeys(changed))


def keep_up(here: Installation) -> Iterator[str]:
    """After an upgrade or a restore: bring adopted translations up to what is shipped; what was done, in words."""
    if not adopt.is_behind(here.settings.translations, adopt.SHIPPED):
        return
    try:
        changed = bring_up_to_date(here)
    except (CollectorError, OSError) as error:
        yield f"Your translations were not brought up to date: {error} Then run `collector languages update`."
        return
    if changed:
        yield f"Your translations were brought up to date: {', '.join(changed)}."


def rules(here: Installation) -> checking.Rules:
    """The agreed and the forbidden words."""
    folder = here.settings.translations
    return checking.Rules(terms.load(folder), terms.forbidden(folder))


def spoken(here: Installation) -> dict[str, Spoken]:
    """All that can be read out, of every survey that is shown or accepted; the first version wins."""
    given = list(promises.messages(here.promises))
    found: dict[str, Spoken] = {}
    for survey in surveys(here):
        found = {**sound.wanted(survey, given), **found}
    return found
