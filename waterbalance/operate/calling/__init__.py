"""Who is called when something does not go well."""
