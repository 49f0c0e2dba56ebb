"""WeChat Pay API v3 on the wire: what is signed, how it is encrypted, and how each body is shaped.

Every function here is pure: it reads no clock, draws no random number and sends nothing, so that time stamps
and nonces are always arguments. `tests/wire/` pins each format to values made outside this package.
"""
