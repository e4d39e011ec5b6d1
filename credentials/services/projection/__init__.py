"""From the feed to what stands: reading, keeping evidence by learner and activity, judging, and writing what changes."""
