"""Passwords are rotated while clients are at work, and the controller dies at any task of it."""
