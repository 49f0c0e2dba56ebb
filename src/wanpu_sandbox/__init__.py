"""A payment provider on your own machine: it behaves like the real servers and keeps its own state.

It shares `wanpu_wire` with the connectors and never imports `wanpu`. Start it with `python -m wanpu_sandbox`,
or build the application with `wanpu_sandbox.app.create_app`.
"""
