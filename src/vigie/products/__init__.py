"""Bulletins, reports and figures."""
