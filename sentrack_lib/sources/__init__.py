"""From files to checked tables: what a school's exports mean, and everything that is wrong with them, at once."""
