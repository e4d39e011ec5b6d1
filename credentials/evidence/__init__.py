"""Evidence: rules as data, what statements tell, and whether a rule holds. Pure: no clock, no store."""
