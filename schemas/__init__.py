"""What the data is: contexts pinned by hash, evidence rules, rule tables for hours, and one loader. Standard library only."""
