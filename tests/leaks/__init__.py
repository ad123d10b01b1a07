"""Secrets stay where they belong."""
