"""What is taken into a meeting: a page without its machinery, its tables as a workbook, its PDF, and a calendar of dates."""
