"""How the tables of the store came to be, one step a file; alembic walks them when a store is opened."""
