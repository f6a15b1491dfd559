"""The languages offered: registry, matching, catalogues with fallback per string, extraction of messages."""
