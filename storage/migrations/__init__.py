"""The steps from an empty database to the present tables.

Must not import the tables: a step stays as it was when it was released.
"""

NEWEST = "0025"
"""The last step, so that asking for it reads no step; a test holds it against them."""
