"""What takes too long for CI, or a reduced number of it in CI."""
