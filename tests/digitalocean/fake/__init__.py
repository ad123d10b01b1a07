"""A stand-in for DigitalOcean's API that knows nothing of this collection."""
