"""The overseer's signed trust list: making, changing and signing it (docs/formats.md, "Trust list"). Reading it is the verifier's."""
