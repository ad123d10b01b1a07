"""Benchmarks: one command each, printing its figures and, as the last line, a JSON verdict. Never part of the tests."""
