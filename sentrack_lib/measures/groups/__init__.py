"""Which groups pupils belong to, and how each compares with the others: in progress, in rates, in marks."""
