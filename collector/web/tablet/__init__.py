"""The door of tablets: pages that are the same bytes for everybody, kept by a worker, and the script that seals answers.

Touch the pages and the style freely; what the script stores, seals and deletes is what `docs/threats.md` promises.
"""
