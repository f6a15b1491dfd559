"""What commands about translations share: all that is said now, and the agreed words."""

from __future__ import annotations

from pathlib import Path

import collector
from collector.commands.context import Work, today
from collector.errors import StoreError, SurveyError
from collector.governance import promises
from collector.languages import check as checking
from collector.languages import extract, po, sound, terms
from collector.languages.sound import Spoken
from collector.responses.versions import published
from collector.survey.definition import Survey
from collector.survey.read import read_folder


def surveys(ready: Work) -> list[Survey]:
    """Every survey that is shown or still accepted: the files, and published versions that answers may still name."""
    found, faults = read_folder(ready.settings.forms)
    if faults:
        raise SurveyError(f"{faults[0]} ({len(faults)} in all; `collector check` shows them.)")
    ours = {(survey.code, survey.version): survey for _, survey in found}
    if ready.settings.database.exists():
        try:
            accepted = [p.survey for p in published(ready.database) if p.accepted_on(today())]
        except StoreError:
            accepted = []
        ours = {**ours, **{(s.code, s.version): s for s in accepted if (s.code, s.version) not in ours}}
    return list(ours.values())


def wanted(ready: Work) -> po.PoFile:
    """All that is said now."""
    given = promises.messages(promises.load(ready.settings.forms))
    notes = terms.notes(ready.settings.translations)
    return extract.wanted(Path(collector.__file__).parent, surveys(ready), list(given), notes)


def rules(ready: Work) -> checking.Rules:
    """The agreed and the forbidden words."""
    folder = ready.settings.translations
    return checking.Rules(terms.load(folder), terms.forbidden(folder))


def spoken(ready: Work) -> dict[str, Spoken]:
    """All that can be read out, of every survey that is shown or accepted; the first version wins."""
    given = list(promises.messages(promises.load(ready.settings.forms)))
    found: dict[str, Spoken] = {}
    for survey in surveys(ready):
        found = {**sound.wanted(survey, given), **found}
    return found
