"""What people decided: kept whole, never overwritten, given back as tables.

- `open_store(folder, url)`: the store of a school; `.current()` is what stands, `.save(tables, by)` keeps rows, `.trail()` tells
  who changed what;
- `recorded(school)`: a school with what stands in its store and what its sheets say; `file_sheets(school, store, by)` keeps them;
- `take_back(store, save_no, by)`: a save is taken back, and stands in the trail as such;
- `backup`, `restore`: copies that restore; `forget`: removes a pupil for good;
- `Conflict`, `Mistakes`, `CannotSave`, `Damaged`: why something was not saved, or not opened, as sentences.
"""

from sentrack_lib.records.changing import Conflict as Conflict
from sentrack_lib.records.connecting import CannotSave as CannotSave
from sentrack_lib.records.connecting import Damaged as Damaged
from sentrack_lib.records.entries import Mistakes as Mistakes
from sentrack_lib.records.filing import file_sheets as file_sheets
from sentrack_lib.records.filing import recorded as recorded
from sentrack_lib.records.forgetting import Removed as Removed
from sentrack_lib.records.forgetting import forget as forget
from sentrack_lib.records.safekeeping import backup as backup
from sentrack_lib.records.safekeeping import restore as restore
from sentrack_lib.records.store import Saved as Saved
from sentrack_lib.records.store import Store as Store
from sentrack_lib.records.store import open_store as open_store
from sentrack_lib.records.store import store_there as store_there
from sentrack_lib.records.taking_back import take_back as take_back
