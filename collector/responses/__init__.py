"""What people answered: intake, receipts, withdrawal, import, published surveys.

Touch it only with the tests of what is kept and deleted at hand: whatever is stored here was promised to somebody.
"""
