"""The WeChat Pay v3 server: signature checks, trade rules, signed answers and call-backs."""
