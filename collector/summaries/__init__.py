"""Counting: from cards through weights and totals to count tables, which are never shown.

Touch it to count faster or otherwise; the slow counts of the tests must come out the same.
"""
