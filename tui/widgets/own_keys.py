"""Keys of a field that act in the order in which they were typed."""

from textual.events import Key
from textual.widget import Widget


class OwnKeys(Widget):
    """A field that does at once what its keys say.

    Textual looks for the binding of a key when the key has come up to the app: text that follows would overtake
    ctrl+u, and an arrow would turn the field that the cursor has gone to meanwhile.
    """

    async def _on_key(self, event: Key) -> None:
        """Run the field's own action for this key, if it has one."""
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            event.stop()
            await self.run_action(binding.action)
