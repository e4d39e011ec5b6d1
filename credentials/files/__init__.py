"""A certificate as files: PDF for paper, PNG and SVG with the credential baked in. Made of what was issued, whenever somebody asks."""
