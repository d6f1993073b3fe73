"""The macros and rules that a new shop begins with: own wording, French and English."""
