"""An attacker on released files. It shares no code with the program: it reads the files and knows the rules.

**What he knows.** Every tidy file of every period and revision; rules R1 to R13 (domain 5.3); the map and the survey,
which are public; which hidden counts are below ten; how many people a revision changed; and up to three people's rows.
Only the generator of worlds uses the program, to publish; `told.py` is the side file between the two.

**What must hold.** Each line is written as the rules say (`conformity.py`), and which lines there are tells nothing
(`presence.py`). Each hidden count below ten, each increment between revisions and each difference of nested
populations keeps four possible whole numbers (three beside a published number of people); in every family two people
may be favourable and two not; a hidden number favourable is never a single value; no row changes for fewer than ten
people (`criterion.py`, `revisions.py`). Two people of one mind whom he knows in a hidden
family are never found to be all of that mind.

**How.** All figures of a cell together give limits and lines over whole numbers (`constraints.py`), cells are joined by
groups, areas, fine groups and quarters (`lines.py`), a kept row to the row before it. Limits are narrowed
(`propagate.py`), then linear programs look at each region in a period and each area over time (`blocks.py`); what they
leave too close is decided in whole numbers, first by witnesses of all files at once (`witnesses.py`). Too late to
decide counts as a finding.

**Limits.** A block that is narrow only together with other blocks is not seen, unless whole numbers of it are asked
for. A known person counts in the cell where he is known; what he adds along a line is covered by the margin of four
values, not tried again. The three whom he knows may all be of one mind, but in a shown row only one of them is allowed
for, as R5 leaves two people near its bound. Of a hidden row that may be 0 to 3, three people whom he knows may turn
out to be everybody: nobody else's answer is told by that, so four values are enough.
"""
