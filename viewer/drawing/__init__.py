"""All that touches VTK: from a Scene to pixels, and from pixels to files."""
