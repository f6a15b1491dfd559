"""What is asked: reading survey files, checking them, the card, and scores, without Flask or SQL.

Touch it to add a kind of question; cards of published versions must stay readable for ever.
"""
