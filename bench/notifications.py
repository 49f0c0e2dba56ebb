"""Notifications a second."""


async def measure(folder, seconds):
    return []
