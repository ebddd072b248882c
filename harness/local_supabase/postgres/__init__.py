"""A PostgreSQL to keep the tables in: one that runs already, one that is installed, or the wheel's."""
