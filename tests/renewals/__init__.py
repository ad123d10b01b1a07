"""Certificates are renewed while clients are at work."""
