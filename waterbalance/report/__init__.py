"""What planners read: summaries, tables, pages and files of a plan."""
