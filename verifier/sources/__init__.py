"""Where the checks get what is not in the certificate itself: trust list, DID documents, status lists, contexts, certificates by
number."""
