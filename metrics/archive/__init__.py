"""The archive: everything of an installation as NDJSON, in and out (CONTRACT section 4, docs/archive.md)."""
