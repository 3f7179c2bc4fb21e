"""`python -m sentrack_lib` is the same as `sentrack`."""

from sentrack_lib.cli import main

main()
