"""Answers line by line for the host's own analysts: what a line holds, how it is written, and that its reason is kept."""
