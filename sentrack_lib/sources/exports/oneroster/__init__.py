"""OneRoster packages (CSV, versions 1.1 and 1.2): rosters and results as systems of many makers pass them on, both ways."""

from sentrack_lib.sources.exports.oneroster.reading import is_package as is_package
from sentrack_lib.sources.exports.oneroster.reading import read_package as read_package
from sentrack_lib.sources.exports.oneroster.writing import write_package as write_package
