"""What waits for a person's decision: claims, weak evidence, manual entries, confirmations, coaching sessions, objections. Pure."""
