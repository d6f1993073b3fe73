"""The demo shop, Maison Lune: the same people, orders and conversations every time, relative to a given now."""
