"""What cannot be hardened safely is left alone."""
