"""What is promised to people and how it is kept.

Touch it when a promise changes, together with its words on the first screen and the test that it names.
"""
