"""The landmarks' rules: canon's famous places, a file a place or a part of one."""
