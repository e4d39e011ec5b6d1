"""Over HTTP: what everybody may fetch (certificates, DID documents), and the administration of catalogue and persons."""
