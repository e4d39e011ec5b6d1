"""What a certificate is made of: the credential document, and its QR."""
