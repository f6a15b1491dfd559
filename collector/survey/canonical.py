"""One byte form of a survey definition, so that two files that say the same have the same hash."""

from __future__ import annotations

import hashlib
import json

from collector.survey.definition import Survey


def canonical(survey: Survey) -> str:
    """The definition as JSON: keys sorted, no spaces, Unicode as it is. Lists keep their order, for it has meaning."""
    return json.dumps(survey.source, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(text: str) -> str:
    """SHA-256 of a canonical definition, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
