"""Where and through whom people are asked: areas with dates, their Census profile, venues.

Touch it, and the CSV files beside it, when a place changes; nothing about a place stands in code.
"""
