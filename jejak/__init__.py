"""The product: settings, composition root, command line, people's pages, demo."""

VERSION = "0.1.0"
