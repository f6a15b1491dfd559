"""Collector: multilingual feedback on trust in health services, safe to publish."""

__version__ = "0.1.0"
