"""Evidence of a server in use."""
