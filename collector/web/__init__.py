"""Doors for people with a browser: a view guards, calls one verb of the domain, and renders.

Touch it to show things otherwise; a rule of the domain does not belong here.
"""
