"""Cart, checkout and orders: the top room of the mall."""
