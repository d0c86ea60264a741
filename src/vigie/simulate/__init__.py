"""Simulated recordings with exact truth. Whatever is made from them says so."""
