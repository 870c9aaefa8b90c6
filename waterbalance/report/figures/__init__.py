"""Pictures of a plan as plotly figures: plain dictionaries, drawn by the page."""
