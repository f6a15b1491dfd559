"""The door of tablets: pages that are the same bytes for everybody, kept by a worker, and the script that seals answers."""
