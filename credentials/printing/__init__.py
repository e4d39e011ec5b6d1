"""The certificate to print: a typst template, set in a process of its own with limits."""
