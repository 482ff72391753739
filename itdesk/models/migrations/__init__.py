"""Numbered steps that take a database from one schema version to the next. A released step is never edited."""
