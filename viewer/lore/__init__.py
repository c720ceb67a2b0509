"""What canon tells, and what can be worked out from it."""
