"""Wanpu 万铺: a multi-merchant mall with its own payment platform, as a modular monolith."""

VERSION = "0.1.0"
