"""What people decide, kept for good: the store, and its sheets."""
