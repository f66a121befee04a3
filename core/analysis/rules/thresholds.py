"""From where on a rule speaks, and how much what it says matters: all numbers of the rules, each with its reason."""

#: A single batch's loss jumps about: curves are looked at in so many stretches of steps, by the median of each, and
#: not at all with fewer points than three for each stretch.
STRETCHES = 10
FEWEST_POINTS = 30

#: A loss has risen when a stretch lies a tenth above the first. Trainings that go well stay within a hundredth of
#: their start while the rate warms up, so a tenth is no warm-up; and three standard errors of the difference leave
#: one in a hundred trainings to chance, ten stretches being looked at.
RISEN = 0.10
RISEN_ERRORS = 3.0

#: What has learnt anything loses less than guessing does, so a twentieth above that is much.
ABOVE_GUESS = 0.05

#: The training loss has hardly fallen when its end is within a tenth of its start. Three epochs that teach something
#: take off half and more.
HARDLY = 0.10

#: A rise or fall of the evaluation's loss counts from a tenth of itself, and from a twentieth of what guessing costs:
#: from 0.04 to 0.05 is a quarter more and changes nothing.
MOVED = 0.10
MOVED_OF_GUESS = 0.05

#: A figure has moved when it did so by two standard errors of one value. The texts are the same both times: from a
#: correlation of one half on, and that of two checkpoints of one run is more, these are two of the difference too.
ERRORS = 2.0

#: More training has little left to win above this share of right answers.
LITTLE_LEFT = 0.98

#: The training set is learnt by heart when its loss is below half of the evaluation's. Dropout works on the training
#: loss alone, so the gap is larger than it looks.
BY_HEART = 0.5

#: The end of a training is its last quarter: shorter is noise, longer holds what was long past.
LAST_PART = 0.25

#: A trend over the last half of a training is one from so many points and so many standard errors of its slope on:
#: with six points, three of them are left to chance twice in a hundred times.
FEWEST_OF_TREND = 6
TREND_ERRORS = 3.0

#: The lowest and the highest learning rate that are usual: for all weights with AdamW 1e-5 to 5e-5 (Devlin et al.
#: 2019 tried 2e-5 to 5e-5); for a head or LoRA alone some hundred times as much.
USUAL_RATES = (1e-5, 5e-5)
USUAL_RATES_OF_FEW = (1e-4, 5e-3)

#: An interval wider than five points to each side hides most differences between recipes, which are one to three.
TOO_WIDE = 0.05

#: As few texts of a class can all be mistaken by chance.
FEWEST_OF_CLASS = 5

#: A class is rare when it has less than half of what it would have if all were alike; else weights change nothing.
RARE = 0.5

#: From twice as many evaluations on, the best of them flatters noticeably more: of normal noise the best of four lies
#: half a standard deviation above the best of two.
MORE_TRIES = 2.0

#: A quarter more time is more than the same training takes from one time to the next.
DEARER = 1.25

#: Settings that leave every step as long as it was: where nothing else differs, more time is the machine's doing.
TIMELESS = frozenset(
    {
        *("training.seed", "training.learning_rate", "training.lr_scheduler_type", "training.warmup_steps"),
        *("training.weight_decay", "training.label_smoothing_factor", "training.class_weights"),
        *("training.layer_lr_decay", "training.metric_for_best_model"),
    }
)

#: How many sentences a verdict has at most.
MOST = 4

#: What matters more is said first: numbers that are worth nothing, then a recipe that does not learn, then what is
#: to be gained, then how far the numbers can be trusted.
WEIGHTS: dict[str, float] = {
    "result": 1000.0,
    "diverged": 100.0,
    "learning rate too high": 90.0,
    "at chance": 85.0,
    "learning rate too low": 80.0,
    "class never predicted": 70.0,
    "overfitting": 65.0,
    "still improving": 60.0,
    "training set limits": 45.0,
    "evaluation too small": 40.0,
    "selected on its evaluation": 20.0,
    "single seed": 10.0,
}

#: What a rule explains is not said once more, and no advice contradicts one that matters more.
SILENCES: dict[str, frozenset[str]] = {
    "diverged": frozenset(WEIGHTS) - {"result", "diverged"},
    "learning rate too high": frozenset(
        {"learning rate too low", "overfitting", "still improving", "training set limits"}
    ),
    "at chance": frozenset(
        {
            *("still improving", "training set limits", "evaluation too small"),
            *("selected on its evaluation", "single seed"),
        }
    ),
    "learning rate too low": frozenset({"still improving"}),
    "overfitting": frozenset({"still improving"}),
}

#: A hint that is worth saying beside these alone: all others promise more.
HINT = "single seed"
ALONE = frozenset({"result", "selected on its evaluation", HINT})
