"""Clocks: deadlines that run for a case, an exchange, a formal request, a board item, a certification or a company."""
