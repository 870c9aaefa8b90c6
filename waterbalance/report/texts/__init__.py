"""Every word of the tables and pages, one file a language; all files have the same keys."""
