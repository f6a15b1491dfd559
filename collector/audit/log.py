"""The audit log: one row an act of staff, with its day, who, what and on what. No content, ever."""

from __future__ import annotations

from datetime import date

from collector.audit.act import Act
from collector.db import Database


def write(database: Database, act: Act, verb: str, target: str, detail: str = "") -> None:
    """Add an entry, inside the transaction of the act itself; a reason stands last in its detail."""
    database.execute(
        """INSERT INTO audit (id, at, actor, verb, target, detail)
           VALUES (:id, :at, :actor, :verb, :target, :detail)""",
        {
            "id": act.id,
            "at": act.at.isoformat(),
            "actor": act.by,
            "verb": verb,
            "target": target,
            "detail": f"{detail} {act.reason}".strip(),
        },
    )


def entries(
    database: Database, most: int = 100, since: date | None = None, verb: str = ""
) -> list[tuple[str, str, str, str, str]]:
    """The latest entries: (day, who, verb, target, detail), newest first; `verb` also finds those that it begins.

    In the order in which they were written, which no clock that jumps can change: ids of jobs are names, not times.
    """
    rows = database.rows(
        """SELECT at, actor, verb, target, detail FROM audit
           WHERE at >= :since AND (:verb = '' OR verb = :verb OR substr(verb, 1, length(:verb) + 1) = :verb || ' ')
           ORDER BY rowid DESC LIMIT :most""",
        {"since": since.isoformat() if since else "", "verb": verb, "most": most},
    )
    return [(at, actor, done, target, detail) for at, actor, done, target, detail in rows]
