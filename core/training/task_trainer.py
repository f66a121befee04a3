"""The Trainer with our batches, the losses of our tasks, a learning rate for each layer, and checkpoints of LoRA."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.utils.data import DataLoader, RandomSampler, Sampler, SequentialSampler
from transformers import Trainer
from transformers.trainer_pt_utils import BatchRebalanceSampler

from bertft_tui.core.sections import OnNan
from bertft_tui.core.training.data.batches import LengthGroupedBatches, longest_first
from bertft_tui.core.training.data.tokens import TokenRows
from bertft_tui.core.training.device import memory_used
from bertft_tui.core.training.divergence import Moment, end_of, not_a_number
from bertft_tui.core.training.failures import Load
from bertft_tui.core.training.model.layer_rates import layer_groups
from bertft_tui.core.training.model.lora import save_adapter
from bertft_tui.core.training.model.losses import Loss
from bertft_tui.core.training.packing import longest_of


class TaskTrainer(Trainer):  # type: ignore[misc]  # transformers is not followed by the type checker
    """A Trainer that minimises `loss` where there is one, else the model's own; evaluations use the same.

    Its data sets are `TokenRows`. With `layer_lr_decay` below 1 each layer learns so much slower than the one above
    it. `eval_by_length`: the longest texts are evaluated first; `eval_order` (n) says which row comes when.
    """

    def __init__(
        self,
        *,
        loss: Loss | None = None,
        layer_lr_decay: float = 1.0,
        on_nan: OnNan = "continue",
        precision: str = "fp32",
        eval_by_length: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_collator=TokenRows.collate, **kwargs)
        self._eval_by_length = eval_by_length
        self.on_nan = on_nan
        self._precision = precision
        self._loss = loss
        self._rows_of_step = 0
        self.load = Load(used=partial(memory_used, self.args.device))
        self._layer_lr_decay = layer_lr_decay

    def get_train_dataloader(self) -> DataLoader[Any]:
        """Load training batches, in the order of the sampling strategy."""
        rows: TokenRows = self.train_dataset
        batch, passes = self._train_batch_size, self.args.gradient_accumulation_steps
        strategy = self.args.train_sampling_strategy
        if strategy == "group_by_length":
            return self._loader(rows, batch_sampler=LengthGroupedBatches(rows.lengths, batch, passes, self.args.seed))
        if strategy == "batch_rebalance":
            sampler = BatchRebalanceSampler(
                rows.lengths.tolist(),
                effective_batch_size=batch * passes,
                dp_size=1,
                grad_accum=passes,
                seed=self.args.seed,
                drop_last=False,
            )
            return self._loader(rows, batch_sampler=sampler)
        order: Sampler[int] = RandomSampler(rows) if strategy == "random" else SequentialSampler(rows)
        return self._loader(rows, sampler=order, batch_size=batch)

    def get_eval_dataloader(self, eval_dataset: Any = None) -> DataLoader[Any]:
        """Load evaluation batches, in the order of `eval_order`."""
        rows: TokenRows = self.eval_dataset if eval_dataset is None else eval_dataset
        return self._loader(rows, sampler=self.eval_order.tolist(), batch_size=self.args.per_device_eval_batch_size)

    @property
    def eval_order(self) -> NDArray[np.int64]:
        """The evaluation rows in the order in which their batches have them (n)."""
        rows: TokenRows = self.eval_dataset
        return longest_first(rows.lengths) if self._eval_by_length else np.arange(len(rows))

    def _loader(self, rows: TokenRows, **how: Any) -> DataLoader[Any]:
        args = self.args
        loader = DataLoader(
            rows,
            collate_fn=TokenRows.collate,
            num_workers=args.dataloader_num_workers,
            pin_memory=args.dataloader_pin_memory,
            **how,
        )
        prepared: DataLoader[Any] = self.accelerator.prepare(loader)
        return prepared

    def get_batch_samples(self, *args: Any, **kwargs: Any) -> tuple[list[Any], Any]:
        """Collect the batches of one optimizer step, and count their rows."""
        batches, items = super().get_batch_samples(*args, **kwargs)
        self._rows_of_step = sum(len(batch["labels"]) for batch in batches)
        return batches, items

    def training_step(self, model: nn.Module, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> Tensor:
        """Add the gradient of one batch, with the share that its rows have in the step.

        The stock Trainer divides by the number of batches, so that in an epoch's last step the rows of a small batch
        would count more than others, and a run cut into smaller batches would have other losses.
        """
        rows = self._note_batch(inputs)
        self.current_gradient_accumulation_steps = (self._rows_of_step or rows) / rows
        loss: Tensor = super().training_step(model, inputs, *args, **kwargs)
        return loss

    def prediction_step(self, model: nn.Module, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Evaluate one batch."""
        self._note_batch(inputs)
        return super().prediction_step(model, inputs, *args, **kwargs)

    def _note_batch(self, inputs: dict[str, Any]) -> int:
        """Note a batch's rows and tokens for the words of an error; return the rows."""
        self.load.rows = len(inputs["labels"])
        self.load.tokens = longest_of(inputs)
        return self.load.rows

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

    def learning_rate(self) -> float:
        """The present learning rate; before there is a schedule the one that was asked for."""
        return float(self._get_learning_rate() if self.lr_scheduler is not None else self.args.learning_rate)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        """Save, unless weights are no numbers: they would take the place of the last that were.

        The loss shows it one step later, or, where few are logged, many. Raises AttemptFailed.
        """
        if self.on_nan != "continue" and not all_finite(self.model):
            moment = Moment(self.state.global_step, self.state.epoch or 0.0, self.learning_rate())
            raise end_of(not_a_number("a weight", moment, self._precision), moment, self._precision)
        super()._save_checkpoint(model, trial)

    def _load_scaler(self, checkpoint: str | None) -> None:
        """Load the loss scaler of fp16, unless this attempt computes in another format than the one before."""
        if self.accelerator.scaler is not None:
            super()._load_scaler(checkpoint)

    def _save(self, output_dir: str | None = None, state_dict: dict[str, Any] | None = None) -> None:
        """Save weights (of LoRA what has learnt), config and tokenizer; not the arguments, a pickle with tokens."""
        folder = output_dir or self.args.output_dir
        if hasattr(self.model, "peft_config"):
            save_adapter(self.model, Path(folder))
        else:
            self.model.save_pretrained(folder, state_dict=state_dict)
        self.processing_class.save_pretrained(folder)


def all_finite(model: nn.Module) -> bool:
    """Whether every weight that learns is a number; one wait for the device."""
    found = [torch.isfinite(weight.detach()).all() for weight in model.parameters() if weight.requires_grad]
    return bool(torch.stack(found).all()) if found else True
