"""Files as they were written: a table in a CSV or Excel file as text, XML, and tables written whole."""

from sentrack_lib.sources.files.sheets import Sheet as Sheet
from sentrack_lib.sources.files.sheets import read_sheet as read_sheet
from sentrack_lib.sources.files.sheets import sheets_in as sheets_in
from sentrack_lib.sources.files.writing import write_table as write_table
from sentrack_lib.sources.files.writing import write_whole as write_whole
