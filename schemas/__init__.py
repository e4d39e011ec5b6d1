"""What the data is: contexts pinned by hash, evidence rules, and one loader. Standard library only."""
