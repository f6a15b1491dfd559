"""Who did what, and why: staff's acts only, never an entry for what respondents do.

Touch it to write down more of an act; nothing here changes anything else.
"""
