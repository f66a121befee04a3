"""The queue: devices, worker processes, and their events on the way into the store."""
