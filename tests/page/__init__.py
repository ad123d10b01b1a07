"""The audit report in a browser."""
