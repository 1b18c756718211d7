"""The shape of what people type. Who may, and what belongs together, is asked by operations."""
