"""Files of solids: what is written, what it will take, how it is divided, and whether it is sound."""
