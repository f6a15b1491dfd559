"""What of the count tables may be published: thresholds, a small keyed change of every count, and rounding."""
