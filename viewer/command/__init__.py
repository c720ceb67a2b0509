"""The command `megastructure`: flags, what they mean, and what is said."""
