"""The catalogue of faults that a translation can have: each says what is wrong and what to do."""

from __future__ import annotations

from dataclasses import dataclass

FAULTS = {
    "placeholder": (
        "the placeholders are %(found)s, in English %(wanted)s",
        "copy each %%(name)s from the English, letter for letter",
    ),
    "tag": ("it holds `%(found)s`, which is code", "write words only; the program adds all marks"),
    "direction": ("it holds the direction mark %(found)s", "take it out; the program keeps names and numbers in place"),
    "invisible": ("it holds the invisible character %(found)s", "type that place again"),
    "script": ("`%(found)s` is not written in the letters of the language (%(script)s)", "write it in those letters"),
    "letter": ("it holds %(found)s, a letter of another language", "use %(right)s"),
    "normal": ("some letters are put together in an unusual way (not NFC)", "type the text again on another keyboard"),
    "digits": ("it holds the digit `%(found)s`", "use 0 to 9, as on the phones and in the files"),
    "numbers": ("the numbers are %(found)s, in English %(wanted)s", "use the same numbers as the English"),
    "spaces": ("there is a space too many or too few: `%(found)s`", "mend the space"),
    "ending": ("the English is a question and this is not, or the other way round", "end it with the right mark"),
    "length": ("the word `%(found)s` is wider than a small phone", "use a shorter word, or two"),
    "long": (
        "it is %(found)s letters long, on a button or mark that holds %(most)s",
        "say it shorter",
    ),
    "same": (
        "it is the same as the English",
        "translate it; if the word is the same in both, add the line `# keep same` above it",
    ),
    "forbidden": ("it uses `%(found)s`: %(why)s", "choose another word"),
    "term": ("for “%(term)s” it does not use the agreed word `%(agreed)s`", "use it, or change translations/terms.csv"),
    "forms": (
        "it counts something and has %(found)s forms; the language has %(wanted)s",
        "write one line for each form, in the order of the file's `Plural-Forms`",
    ),
    "unread": ("the file cannot be read: %(detail)s", "mend the line, or restore the file"),
    "missing": ("there is no such file", "run `collector languages update`"),
    "not_utf8": ("the header does not say `charset=utf-8`", "mend the header, and save the file as UTF-8"),
    "wrong_language": ("the header says `Language: %(found)s`", "write `Language: %(wanted)s`"),
    "not_merged": (
        "%(count)s messages of messages.pot are not in this file, or others stand in it",
        "run `collector languages update`",
    ),
    "unsigned": (
        "it was changed after %(names)s signed it, so it is a draft again",
        "have it read and signed anew: `collector languages sign`",
    ),
    "pot_old": ("it does not hold what the program and the surveys say now", "run `collector languages update`"),
    "not_live": ("it is signed, but it cannot be offered: %(why)s", "translate what is missing, then sign anew"),
}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: the file and line, the message's context, which kind, and the words that fill its sentence."""

    file: str
    line: int
    context: str
    kind: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def what(self) -> str:
        return FAULTS[self.kind][0] % dict(self.values)

    @property
    def cure(self) -> str:
        return FAULTS[self.kind][1] % dict(self.values)

    def __str__(self) -> str:
        at = f" {self.context}" if self.context else ""
        return f"{self.file}:{self.line}:{at}: {self.what}. {self.cure[0].upper()}{self.cure[1:]}."
