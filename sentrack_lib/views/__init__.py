"""Tables in, what people see out: sentences, figures, tables and the pickers of a dashboard. No arithmetic beyond rounding."""
