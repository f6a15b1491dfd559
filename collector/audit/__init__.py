"""Who did what, and why. Staff's acts only: what respondents do leaves counts a day, never an entry."""
