"""One folder per provider; `registry.py` names them."""
