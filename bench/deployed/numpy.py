"""Not on a server: what is measured must not find the numpy that only the tests have (sqlite-utils takes what it finds)."""

raise ModuleNotFoundError("No module named 'numpy'", name="numpy")
