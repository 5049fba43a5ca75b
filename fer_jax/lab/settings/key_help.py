"""What each key of a run means, for people, by what it belongs to."""

from dataclasses import MISSING as NO_DEFAULT
from dataclasses import fields

from fer_jax.lab.settings.config import MISSING, RunConfig

TOPICS: dict[str, dict[str, str]] = {
    "every run": {
        "method": "how networks are made: sgd, es, neat, open_ended, or genome (the target's own)",
        "target": "what they draw: a name (fer-jax list targets), a genome file or an image file",
        "on_cycle": "of a genome file with recurrent links: error, or cut (they read 0)",
        "size": "pixels along one side of the target",
        "seeds": "how many (0, 1, ...), or which: [0,5,7]; they are trained side by side",
        "steps": "updates of each seed, the original study takes 100000; of es, neat: generations",
        "snapshots": "networks on the way that are kept and scored, or ancestors of what was bred",
    },
    "networks of a fixed architecture (sgd, es)": {
        "arch": "relu:64x6, 12/cache:15/sin:1 or a name; null: the target genome's, layerized",
        "init": "lecun_normal (the original study's), he_normal, xavier_uniform, picbreeder ...",
        "init_scale": "factor on the initial weights",
        "loss": "what is compared: rgb (as the original study's code) or hsv (as its text)",
        "target_loss": "at or below it a seed stops; null: never",
        "precision": "of matrix products in training: highest, high or default",
    },
    "method=sgd": {
        "wiring": "dense, or genome: only the links of the target genome (arch=null) are trained",
        "learning_rate": "of the optimizer, before the schedule's factor",
        "normalize_gradient": "divide each gradient by its L2 norm, as the original study does",
        "optimizer": "adam (the original study's), adamw, sgd, momentum, rmsprop, lion ...",
        "schedule": "of the learning rate: constant, cosine, exponential, linear, warmup ...",
        "weight_decay": "decoupled; null: what the optimizer's name implies",
        "l1": "factor on the sum of absolute weights, beside the loss",
        "l2": "factor on the sum of squared weights, beside the loss",
        "smoothness": "factor on the mean squared slope of feature maps, beside the loss",
        "prune": "share of the weights that are set to 0 on the way, the smallest first",
        "prune_rounds": "in how many rounds, evenly spaced, with retraining after each",
        "batch_size": "pixels that each step looks at, drawn anew; null: all of them",
    },
    "method=es": {
        "es": "a strategy of evosax by its name there: Sep_CMA_ES, SNES, PGPE, CMA_ES, PSO ...",
        "es_options": "of the strategy, by name, such as {std_init: 0.1}; null: its own",
    },
    "populations (es, neat, open_ended)": {
        "population_size": "genomes or members of a generation; null: the preset's, or 64 of es",
        "preset": "how neat (and open_ended) breed, as published: neat_2002, neat_2004, picbreeder",
        "fitness": "what neat selects for: mse (to the target), or ssim (alike to the eye)",
    },
    "method=open_ended": {
        "way": "of open_ended, who breeds: map_elites, novelty, or breeder (who plays a person)",
        "descriptors": "axes of its archive; by default [symmetry,complexity,color,edge_density]",
        "bins": "of open_ended's archive along each axis: one number, or a list",
        "quality": "who of two that look alike stays: small (fewer links), or new (the younger)",
        "regularity_weight": "of the breeder: 1 wants regular pictures, 0 such as were never seen",
        "session_steps": "generations after which the breeder publishes a picture",
        "branching": "share of sessions that start from a published picture, not from nothing",
    },
    "scores": {
        "metrics": "which ones: [fracture,entanglement]; null: all",
        "score_size": "pixels along one side at which metrics look",
        "score_key": "seed of the random choices that metrics make",
    },
    "how a run is carried out": {
        "output_dir": "where run folders go",
        "checkpoint_seconds": "most time between checkpoints",
        "checkpoint_steps": "most steps between checkpoints; null: time alone decides",
        "timeout": "seconds after which a run counts as hung and fails; null: never",
        "retry_failed": "whether runs that have failed before are tried again",
        "when_locked": "if another process is at work on the run: wait for it, or leave it alone",
        "tracker": "what the run can be followed by from outside: none, tensorboard or wandb",
    },
}
"""Every key of `RunConfig`, once."""


def key_help() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Of each topic (key, default, meaning) of everything that can be set.

    Example:
        >>> topic, keys = key_help()[0]
        >>> topic, keys[0][:2]
        ('every run', ('method', 'sgd'))
    """
    defaults = {
        key.name: key.default if key.default_factory is NO_DEFAULT else key.default_factory()
        for key in fields(RunConfig)
    }
    return [
        (topic, [(key, _told(defaults[key]), meaning) for key, meaning in meanings.items()])
        for topic, meanings in TOPICS.items()
    ]


def _told(default: object) -> str:
    if default is None:
        return "null"
    if isinstance(default, list):
        return "[...]"
    if isinstance(default, bool):
        return str(default).lower()
    return "required" if default == MISSING else str(default)
