"""From evidence to counted hours and certificates: catalogue, people, completion, hours, issuing."""
