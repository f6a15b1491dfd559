"""What `doctor`, `/healthz` and the operator's mail say: one thing that is wrong, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["machine", "duty", "note"]
"""`machine`: the program cannot keep its promises (WRONG, `/healthz` answers 503). `duty`: a person has to act
(WRONG, never 503). `note`: worth knowing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at, and what to do about it."""

    what: str
    cure: str
    kind: Kind

    @property
    def serious(self) -> bool:
        """True for what `doctor` calls WRONG."""
        return self.kind != "note"
