"""Find anything: what was said, who said it, and the orders it was about (S138), as far as the reader may know."""

from tickets.search.customers import customers_like, orders_like
from tickets.search.question import Question, ask
from tickets.search.tickets import Found, tickets_like
from tickets.search.vocabulary import learn

__all__ = ["Found", "Question", "ask", "customers_like", "learn", "orders_like", "tickets_like"]
