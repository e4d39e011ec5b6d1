"""The Learning Record Store: xAPI 1.0.3 and 2.0.0 (IEEE 9274.1.1) over one set of stores."""
