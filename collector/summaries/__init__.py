"""From cards to pillar figures, and what of them may be published."""
