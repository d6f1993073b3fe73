"""What macros and rules share: conditions on a case, steps that act on it, variables that fill texts.

One table each (conditions.FIELDS, steps.STEPS): forms, API checks, dry run and documentation all read it.
"""
