"""What people answered: intake, receipts, withdrawal, import, comments. The only way in and the only way out."""
