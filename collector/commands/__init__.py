"""The commands, one file a kind of work: each opens the door, calls one verb and says what came of it.

Touch it to word or add a command; what a verb does stands in its own package.
"""
