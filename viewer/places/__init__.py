"""Places: finding them, and how one comes before each."""
