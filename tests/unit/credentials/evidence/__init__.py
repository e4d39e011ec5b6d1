"""Evidence: rules, facts, and whether a rule holds."""
