"""Journeys: ways through the City, and what moves an eye along them."""
