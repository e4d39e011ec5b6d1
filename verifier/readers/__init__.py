"""From what somebody presents to one value that the checks look at."""
