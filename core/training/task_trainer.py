"""The Trainer with the losses of our tasks, a learning rate for each layer, and checkpoints of LoRA."""

from pathlib import Path
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer
from transformers import Trainer

from bertft_tui.core.training.model.layer_rates import layer_groups
from bertft_tui.core.training.model.lora import save_adapter
from bertft_tui.core.training.model.losses import Loss


class TaskTrainer(Trainer):  # type: ignore[misc]  # transformers is not followed by the type checker
    """A Trainer that minimises `loss` where there is one, else the model's own; evaluations use the same.

    With `layer_lr_decay` below 1 each layer learns so much slower than the one above it.
    """

    def __init__(self, *, loss: Loss | None = None, layer_lr_decay: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._loss = loss
        self._layer_lr_decay = layer_lr_decay

    def compute_loss(
        self, model: nn.Module, inputs: dict[str, Any], return_outputs: bool = False, **kwargs: Any
    ) -> Tensor | tuple[Tensor, Any]:
        """Compute the loss of one batch, a mean over its rows."""
        if self._loss is None:
            found: Tensor | tuple[Tensor, Any] = super().compute_loss(model, inputs, return_outputs, **kwargs)
            return found
        labels = inputs.pop("labels")
        outputs = model(**inputs)
        loss = self._loss(outputs.logits, labels)
        return (loss, outputs) if return_outputs else loss

    def create_optimizer(self, model: nn.Module | None = None) -> Optimizer:
        """Make the optimizer, with a learning rate for each layer when they shall differ."""
        if self._layer_lr_decay < 1:
            chosen, options = self.get_optimizer_cls_and_kwargs(self.args, self.model)
            groups = layer_groups(
                self.model,
                self.get_decay_parameter_names(self.model),
                rate=self.args.learning_rate,
                decay=self._layer_lr_decay,
                weight_decay=self.args.weight_decay,
            )
            self.optimizer_cls_and_kwargs = chosen, options | {"params": groups}
        optimizer: Optimizer = super().create_optimizer(model)
        return optimizer

    def _save(self, output_dir: str | None = None, state_dict: dict[str, Any] | None = None) -> None:
        """Save weights (of LoRA what has learnt), config and tokenizer; not the arguments, a pickle with tokens."""
        folder = output_dir or self.args.output_dir
        if hasattr(self.model, "peft_config"):
            save_adapter(self.model, Path(folder))
        else:
            self.model.save_pretrained(folder, state_dict=state_dict)
        self.processing_class.save_pretrained(folder)
