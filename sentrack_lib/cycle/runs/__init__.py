"""What a command does from end to end: the termly batch, its jobs and its record, and the check of a school's files."""
