"""What strangers send, made harmless: shared by all adapters, imports no Django (the mail parser's child uses it)."""
