"""What the tablet says besides the survey: for the person who holds it, and for the one who hands it over."""

from __future__ import annotations

from collector.languages.catalogue import Words
from collector.web.messages import Message, message

PERSON: dict[str, Message] = {
    "touch": message("tablet/touch", "Touch to begin"),
    "asking": message("tablet/asking", "%(host)s is asking."),
    "other": message("tablet/other", "Another language"),
    "stop": message("tablet/stop", "Stop, keep nothing"),
    "helped": message("tablet/helped", "Did somebody help you?"),
    "none": message("tablet/helped/none", "No, I did it myself"),
    "read": message("tablet/helped/read", "Yes: read it to me"),
    "typed": message("tablet/helped/typed", "Yes: filled it in for me"),
    "interpreted": message("tablet/helped/interpreted", "Yes: translated it for me"),
    "still": message("tablet/still", "Are you still there?"),
    "still_text": message(
        "tablet/still/text", "Nobody has touched this for 3 minutes. In 30 seconds your answers are deleted."
    ),
    "still_yes": message("tablet/still/yes", "Yes, go on"),
    "thanks": message("tablet/thanks", "Thank you"),
    "locked": message("tablet/locked", "Your answers are locked on this tablet. Nobody here can open them."),
    "number": message(
        "tablet/number",
        "With it you can have your answers deleted. Keep it to yourself: write it down, or take a photo with your own phone.",
    ),
    "where": message("tablet/number/where", "To have them deleted, open this address and type the number:"),
    "done": message("tablet/done", "Done"),
    "full": message("tablet/full", "Your answers are not locked yet"),
    "full_text": message(
        "tablet/full/text",
        "This tablet could not save them. They are still here. Ask the helper to make room, then press “Send my answers” again.",
    ),
}
"""Said to the person who answers."""

HELPER: dict[str, Message] = {
    "helper": message("tablet/helper", "For the helper"),
    "pair": message("tablet/pair", "Get this tablet ready"),
    "code": message("tablet/pair/code", "Type the nine digits you were given"),
    "pair_go": message("tablet/pair/go", "Connect this tablet"),
    "pair_wrong": message("tablet/pair/wrong", "This code does not work. Ask for a new one."),
    "signal": message("tablet/signal", "There is no signal here. Go where there is signal and try again."),
    "https": message("tablet/https", "This needs https. Tell the person who gave you the address."),
    "old": message(
        "tablet/old", "This browser cannot keep the pages. Use a newer Chrome, Firefox or Safari, not a private window."
    ),
    "home": message(
        "tablet/home",
        "On an iPad or iPhone: touch Share, then “Add to Home Screen”. Open it from there, and connect it there.",
    ),
    "getting": message("tablet/getting", "Getting the pages: %(number)s of %(all)s"),
    "ready": message("tablet/ready", "Ready without signal"),
    "until": message("tablet/ready/until", "The pages are good until %(date)s."),
    "kept": message("tablet/kept", "This tablet will keep what is locked on it."),
    "unkept": message("tablet/unkept", "This tablet may delete what is locked on it when it gets full. Send often."),
    "reopen": message("tablet/reopen", "Now close this page and open it again. Then you can start."),
    "past": message("tablet/past", "These pages are too old. Connect once, then start."),
    "stopped": message("tablet/stopped", "This tablet was stopped. What is locked on it stays on it. Ask: %(contact)s"),
    "start": message("tablet/start", "Start"),
    "place": message("tablet/start/place", "Where are you today?"),
    "count": message("tablet/count", "%(sealed)s locked, %(arrived)s arrived"),
    "waiting": message("tablet/waiting", "Still to send: %(number)s"),
    "send": message("tablet/send", "Send now"),
    "finish": message("tablet/finish", "Finish"),
    "no": message("tablet/no", "How many said no?"),
    "no_none": message("tablet/no/none", "Nobody"),
    "no_few": message("tablet/no/few", "A few"),
    "no_many": message("tablet/no/many", "Many"),
    "off": message("tablet/off", "You can switch off."),
    "later": message("tablet/later", "No signal here. Open this at home; it sends by itself."),
}
"""Said to the intermediary, in the tablet's own language."""

WORDS = PERSON | HELPER


def complete(words: Words) -> bool:
    """Whether a language has every word of the tablet as its own: another would leave a person alone half-way."""
    return all(words.find(*message)[1] is None for message in WORDS.values())
