"""Tablets that are taken along: pairing, visits, and the sealed boxes that they bring. What is in a box becomes a response.

Touch the looks of lists and findings freely; the box's form and what a sync answers are kept for tablets that are out.
"""
