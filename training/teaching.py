"""One net on its way: what a step does, and all that is needed to go on after an interruption."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import asdict, dataclass
from math import cos, pi
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import torch
from torch import Tensor, nn

from training.files import replaced

DECAY = 0.999
"""The moving average of the weights keeps this much a step: it reads better than the weights themselves
while the rate is high, so what is exported before the end is better for it."""
CLIP = 1.0
"""The longest gradient."""


@dataclass(frozen=True)
class Plan:
    """What a run is: the same plan gives the same net, up to the order of sums. `rate` is the highest
    learning rate, reached after `warm` of the `steps` and decayed along a cosine to nothing;
    `mixture` says where the samples come from."""

    steps: int
    batch: int = 128
    rate: float = 2e-3
    warm: float = 0.02
    weight_decay: float = 0.02
    seed: int = 1
    mixture: str = "stream"

    def rate_at(self, step: int) -> float:
        """The learning rate of a step, 0 to `rate`."""
        warm = max(1.0, self.warm * self.steps)
        if step < warm:
            return self.rate * (step + 1) / warm
        return self.rate * (1 + cos(pi * (step - warm) / max(1.0, self.steps - warm))) / 2


class Cost(Protocol):
    """What a net's answers to a batch cost: `total` is to be minimised, the text is for people."""

    @property
    def total(self) -> Tensor:
        """One number."""

    @property
    def row(self) -> dict[str, float]:
        """Numbers for the learning curve."""


Net = TypeVar("Net", bound=nn.Module)
Taught = TypeVar("Taught")
"""A batch."""


class Teacher(Generic[Net, Taught]):
    """A net, the moving average of its weights (`mean`), the optimiser, and how far they are.

    `make` makes the net; `cost` is what its answers to a batch cost at that share (0-1) of training.
    `step` counts batches learnt; `history` has a row a validation, for the learning curve.
    """

    def __init__(
        self,
        plan: Plan,
        device: torch.device,
        make: Callable[[], Net],
        cost: Callable[[Net, Taught, float], Cost],
    ) -> None:
        torch.manual_seed(plan.seed)
        self.plan, self.device, self._cost = plan, device, cost
        self.step = 0
        self.history: list[dict[str, float]] = []
        self.net = make().to(device)
        self.mean = deepcopy(self.net).eval()
        matrices = [weight for weight in self.net.parameters() if weight.ndim > 1]
        others = [weight for weight in self.net.parameters() if weight.ndim <= 1]
        self._optimiser = torch.optim.AdamW(
            [{"params": matrices, "weight_decay": plan.weight_decay}, {"params": others, "weight_decay": 0.0}],
            lr=plan.rate,
            betas=(0.9, 0.98),
        )

    def learn(self, batch: Taught) -> Cost:
        """One step; bfloat16 on a GPU."""
        for group in self._optimiser.param_groups:
            group["lr"] = self.plan.rate_at(self.step)
        self.net.train()
        on_gpu = self.device.type == "cuda"
        with torch.autocast("cuda", torch.bfloat16) if on_gpu else nullcontext():
            cost = self._cost(self.net, batch, self.step / self.plan.steps)
        self._optimiser.zero_grad(set_to_none=True)
        cost.total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.net.parameters(), CLIP)
        self._optimiser.step()
        self.step += 1
        self._average(min(DECAY, (1 + self.step) / (10 + self.step)))
        return cost

    @torch.no_grad()
    def _average(self, kept: float) -> None:
        pairs = zip(self.mean.state_dict().values(), self.net.state_dict().values(), strict=True)
        for mean, now in pairs:
            if mean.is_floating_point():
                mean.lerp_(now, 1 - kept)
            else:
                mean.copy_(now)

    def save(self, file: Path) -> None:
        """Everything into one file; a kill at any moment leaves the file before or the file after."""
        state = {
            "plan": asdict(self.plan),
            "step": self.step,
            "history": self.history,
            "net": self.net.state_dict(),
            "mean": self.mean.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "random": torch.get_rng_state(),
            "random_gpu": torch.cuda.get_rng_state_all() if self.device.type == "cuda" else [],
        }
        with replaced(file) as unfinished:
            torch.save(state, unfinished)

    def resume(self, file: Path) -> None:
        """Goes on from where `save` was; the plan has to be the same."""
        state = _loaded(file)
        if state["plan"] != asdict(self.plan):
            raise SystemExit(f"{file} is of another plan: {state['plan']}. Train into another folder.")
        self.step, self.history = state["step"], state["history"]
        self.net.load_state_dict(state["net"])
        self.mean.load_state_dict(state["mean"])
        self._optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["random"])
        if state["random_gpu"] and self.device.type == "cuda":
            torch.cuda.set_rng_state_all(state["random_gpu"])

    def begin_with(self, file: Path) -> None:
        """Starts a new run from the mean of another run's weights."""
        weights = _loaded(file)["mean"]
        self.net.load_state_dict(weights)
        self.mean.load_state_dict(weights)


def _loaded(file: Path) -> dict[str, Any]:
    state: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
    return state
