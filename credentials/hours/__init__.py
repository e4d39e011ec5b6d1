"""The ledger of learning hours: entries, and the balance that is a fold over them. Pure."""
