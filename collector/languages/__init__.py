"""The languages offered: registry, matching, catalogues with fallback for each string, extraction of messages.

Touch it to treat all languages alike; the words themselves stand in `translations/`.
"""
