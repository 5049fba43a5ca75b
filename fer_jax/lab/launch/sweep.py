"""From a command to its runs: what a sweep consists of, and handing it to a Hydra launcher."""

import itertools
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from hydra._internal.callbacks import Callbacks
from hydra.core.config_loader import ConfigLoader
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.types import Override
from hydra.core.plugins import Plugins
from hydra.core.utils import JobReturn, JobStatus
from hydra.types import HydraContext, RunMode
from omegaconf import DictConfig, OmegaConf

from fer_jax.errors import ConfigError, ConfigWarning, nearest
from fer_jax.genome.arch_names import resolve_arch
from fer_jax.lab.launch.launchers import ours
from fer_jax.lab.launch.machine import prepare
from fer_jax.lab.launch.plain_job import PlainJob, do, lost
from fer_jax.lab.launch.sweep_record import SweepRecord
from fer_jax.lab.methods.registry import METHODS
from fer_jax.lab.runs.readings import scoring_of
from fer_jax.lab.runs.runner import Outcome, execute
from fer_jax.lab.settings import compose
from fer_jax.lab.settings.compose_many import Composer
from fer_jax.lab.settings.config import RunConfig
from fer_jax.lab.settings.identity import sketch
from fer_jax.lab.trackers.registry import check_installed


@dataclass(frozen=True)
class Job:
    """One run of a sweep.

    Attributes:
        overrides: what composes its configuration, beside the plan's overrides of Hydra itself.
        config: that configuration, checked.
    """

    overrides: tuple[str, ...]
    config: RunConfig


@dataclass(frozen=True)
class Plan:
    """All that a command asks for.

    Attributes:
        jobs: its runs, each once.
        is_sweep: whether it was asked for as a sweep, even if that is of a single run.
        shared: the overrides that all jobs share, and those of Hydra itself, such as its launcher.
    """

    jobs: tuple[Job, ...]
    is_sweep: bool
    shared: tuple[str, ...]


def run(overrides: Sequence[str], *, multirun: bool = False) -> list[Outcome]:
    """Do what `fer-jax run` is asked for. One failing run does not end a sweep.

    Args:
        overrides: `key=value` texts in Hydra's grammar.
        multirun: whether values with commas are swept over.

    Returns:
        How each run ended.

    Raises:
        FerJaxError: in one line, before anything is written: for a mistake in what was typed, and,
            unless it is a sweep, for one that the run meets.
    """
    with compose.hydra():
        plan = make_plan(overrides, multirun=multirun)
        if not plan.is_sweep:
            return [execute(plan.jobs[0].config, plan.jobs[0].overrides)]
        record = SweepRecord([job.config for job in plan.jobs])
        record.write()
        outcomes = _in_company(plan)
        record.write(outcomes)
        return outcomes


def make_plan(overrides: Sequence[str], *, multirun: bool = False) -> Plan:
    """The runs of a command, each composed and checked. Within `compose.hydra()`.

    An experiment that defines `hydra.sweeper.params` is a sweep, with or without `-m`; what the
    user types replaces the preset's values of the same key. Jobs that ask for the same work (a
    method may not use a key that is swept over) are run once.

    Raises:
        ConfigError: in one line, if any of them is wrong.
    """
    typed = compose.parse(overrides)
    hydra = compose.of_hydra(typed)
    typed = [override for override in typed if override.input_line not in hydra]
    shared = (*hydra, *(_text(o) for o in typed if not o.is_sweep_override()))
    preset = _preset(shared)
    if swept := [o for o in typed if o.is_sweep_override()]:
        if not (multirun or preset):
            raise ConfigError(
                f"{swept[0].input_line}: has several values; sweep over them with -m, "
                f"or write a list as [a,b]"
            )
        if experiments := [o for o in swept if o.key_or_group == compose.EXPERIMENT]:
            raise ConfigError(f"{experiments[0].input_line}: run one experiment at a time")
    if any(override.key_or_group == "seeds" for override in swept):
        warnings.warn(
            "seeds are swept over; seeds=N trains them side by side in one run, which is faster",
            ConfigWarning,
            stacklevel=2,
        )
    keys = {override.key_or_group for override in typed}
    axes = [
        compose.each_alone(override)
        for override in [*(o for o in preset if o.key_or_group not in keys), *typed]
    ]
    jobs: dict[str, Job] = {}
    composer = Composer(hydra)
    for point in itertools.product(*axes):
        job = _job(composer, point)
        jobs.setdefault(sketch(job.config), job)
    return Plan(tuple(jobs.values()), multirun or bool(preset), shared)


def _text(override: Override) -> str:
    """What was typed. Hydra's parser always keeps it."""
    return str(override.input_line)


def _preset(shared: Sequence[str]) -> list[Override]:
    """What the experiment sweeps over."""
    sweeps = f"{compose.EXPERIMENT}=", "hydra.sweeper"
    if not any(text.lstrip("+").startswith(sweeps) for text in shared):
        return []
    composed = compose.compose_config(shared)
    params = OmegaConf.select(composed, "hydra.sweeper.params") or {}
    return compose.parse([f"{key}={value}" for key, value in params.items()])


def _job(composer: Composer, overrides: tuple[str, ...]) -> Job:
    config = composer.run_config(overrides)
    if config.method not in METHODS:
        raise ConfigError(f"method is {config.method!r}; {nearest(config.method, METHODS)}")
    config.check()
    check_installed(config.tracker)
    scoring_of(config)
    if config.arch is not None and "arch" in METHODS[config.method].uses:
        resolve_arch(config.arch)
    return Job(overrides, config)


def _in_company(plan: Plan) -> list[Outcome]:
    """Do what no other process is at work on, and only then wait for what one is.

    So two processes with the same sweep share it, in place of following each other.
    """
    outcomes = _launch(plan, "leave")
    left = [
        place
        for place, (job, outcome) in enumerate(zip(plan.jobs, outcomes, strict=True))
        if outcome.state == "busy" and job.config.when_locked == "wait"
    ]
    if left:
        rest = replace(plan, jobs=tuple(plan.jobs[place] for place in left))
        for place, outcome in zip(left, _launch(rest, "wait"), strict=True):
            outcomes[place] = outcome
    return outcomes


def _launch(plan: Plan, when_locked: str) -> list[Outcome]:
    loader = GlobalHydra.instance().config_loader()
    with compose.told_in_one_line():
        config = loader.load_configuration(compose.CONFIG_NAME, list(plan.shared), RunMode.MULTIRUN)
        # output_dir may be swept over, and then the shared overrides do not tell it.
        config.hydra.sweep.dir = plan.jobs[0].config.output_dir
        launch = ours(config) or partial(_by_hydra, loader, config, when_locked)
    count = len(plan.jobs)
    return launch(
        [
            PlainJob(
                replace(job.config, when_locked=when_locked), job.overrides, f"[{number}/{count}] "
            )
            for number, job in enumerate(plan.jobs, 1)
        ]
    )


def _by_hydra(
    loader: ConfigLoader, config: DictConfig, when_locked: str, jobs: Sequence[PlainJob]
) -> list[Outcome]:
    """By one of Hydra's launchers, whatever is installed."""
    with compose.told_in_one_line():
        launcher = Plugins.instance().instantiate_launcher(
            hydra_context=HydraContext(config_loader=loader, callbacks=Callbacks(config)),
            task_function=partial(_task, count=len(jobs), when_locked=when_locked),
            config=config,
        )
    try:
        returns = launcher.launch([list(job.overrides) for job in jobs], initial_job_idx=0)
    except Exception as error:  # what is done by then is found by the same command
        return [lost(job, error) for job in jobs]
    return [_outcome(job, done) for job, done in zip(jobs, returns, strict=True)]


def _task(composed: DictConfig, count: int, when_locked: str) -> Outcome:
    """One job, in whatever process the launcher has put it.

    A launcher may pickle it, by its name, with the count, and its outcome, which is plain.
    """
    prepare(all_cores=True)
    hydra = HydraConfig.get()
    prefix = f"[{int(hydra.job.num) + 1}/{count}] "
    config = replace(compose.to_run_config(composed), when_locked=when_locked)
    return do(PlainJob(config, tuple(hydra.overrides.task), prefix))


def _outcome(job: PlainJob, done: JobReturn) -> Outcome:
    if done.status is JobStatus.COMPLETED:
        return done.return_value
    # Our task returns its failures: what comes here is a lost worker.
    return lost(job, done._return_value)
