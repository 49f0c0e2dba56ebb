"""Pure helpers that know no domain: money, clock, ids, states, errors."""
