"""The published figures as pages, charts and downloads, the same for everybody.

Touch it to draw them otherwise; what they say is in `releases/published`.
"""
