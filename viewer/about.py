"""What the About box says."""

from geometry.version import GENERATOR_VERSION

ABOUT = f"""The City of BLAME!, grown from a seed.
Generator {GENERATOR_VERSION}. MIT licence.

This is a fan work. BLAME! is a manga by Tsutomu Nihei, published by Kodansha (Afternoon, 1997 to 2003, ten volumes; net animations, \
and a film of 2017). It belongs to them. Nothing here is copied from it: shapes and words are our own, and neither author nor publisher \
had a part in them.

Help > Canon lists what the story says, how sure that is, and where the program shows it."""
"""Canon K15, S117."""
