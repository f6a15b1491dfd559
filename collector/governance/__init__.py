"""What is promised to people and how it is kept: promises, retention."""
