"""A reproducible performance study of parallel Python: what it costs, how it scales, what cannot be known."""

__version__ = "1.1.0"
