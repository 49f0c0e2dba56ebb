"""The kinds of due work of the payment room; permanent, since rows carry them."""

QUERY_ATTEMPT = "payment.query_attempt"
CLOSE_PAYMENT = "payment.close"
SETTLE_NOTIFICATION = "payment.settle_notification"
