"""What schools' systems export: each kind of file recognised, and its rows as rows of a school's tables."""
