"""The issuance log: an append-only Merkle tree (RFC 6962) in the formats of C2SP, so that tools of others can read it. Pure."""
