"""The steps from an empty database to the present tables.

Must not import the tables: a step stays as it was when it was released.
"""
