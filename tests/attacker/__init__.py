"""An attacker who reads nothing but released files, knows the rules and the program but not the secrets, and is told
which hidden rows are below ten. He shares no code with `collector.disclosure`.

`worlds.py` makes up people and publishes them; `installation.py` takes what an installation has published, with the survey as
`codebook.py` reads it, both in the form of `shape.py`. `reader.py` says what each written number can mean; `system.py` holds all
that is known of a world as equations, which `solver.py` solves; `attack.py` asks them how far every hidden number could be from
the truth.
"""
