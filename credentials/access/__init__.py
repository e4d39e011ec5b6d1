"""Who may do what on whose record: roles, dated grants, and the one table of rules. Pure."""
