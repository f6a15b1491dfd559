"""What is asked: reading survey files, checking them, the card, and scores. Plain Python, no Flask, no SQL."""
