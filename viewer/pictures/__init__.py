"""Pictures: what makes a good one, how films fade from cut to cut, and the files they are kept in."""
