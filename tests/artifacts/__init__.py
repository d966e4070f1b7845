"""Documents made from the catalogue: complete, fresh, and their examples are true."""
