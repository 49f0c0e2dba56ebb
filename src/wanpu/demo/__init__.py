"""演示数据: shops, goods and pictures that a first start loads, so that a fresh mall can be tried at once."""
