"""The product: settings, composition root, command line, people's pages, demo."""
