"""What was changed can be changed back."""
