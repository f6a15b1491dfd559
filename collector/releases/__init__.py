"""What commissioners get: tables, then publishable figures, then a folder of files.

Touch what writes files freely while the golden release stays the same; `publishable` and `build` decide what goes
out.
"""
