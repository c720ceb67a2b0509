"""The City as numbers: places, parts and meshes. No screen, no window."""
