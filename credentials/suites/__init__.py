"""One module per proof suite. Signing only: verifying is `verifier`'s, by other code, so that neither can hide the other's mistake."""
