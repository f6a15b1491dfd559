"""Where and through whom people are asked: areas with dates, venues."""
