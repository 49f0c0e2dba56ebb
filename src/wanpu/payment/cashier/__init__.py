"""The cashier (收银台): what a buyer sees of one payment, rendered on the server."""
