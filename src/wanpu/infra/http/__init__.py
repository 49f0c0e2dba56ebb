"""The HTTP edge: errors, middleware, strict JSON, field types, paging, bearer tokens, hot routes, health."""
