"""Papers of a term: measured, cut to an audience and laid out, opened and kept, and the pages they are made into."""
