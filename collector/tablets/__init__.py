"""Tablets that are taken along: pairing, visits, and the sealed boxes that they bring. What is in a box becomes a response."""
