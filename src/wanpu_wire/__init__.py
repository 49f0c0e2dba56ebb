"""Wire formats of the payment providers: messages, signatures, ciphers; no I/O and no business rule."""
