"""Doors for people with a browser. A view guards, calls one verb of the domain, and renders."""
