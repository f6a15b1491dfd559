"""What of the count tables may be published: thresholds, a small keyed change of every count, and rounding.

Touch it only with the attacker's tests at hand: it is what people were promised.
"""
