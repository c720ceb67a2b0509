"""Builders at work: what they remember of earlier structures, how the memory decays, and what they make of it."""
