"""Queue, messages, one more try, timeouts: with workers that have no JAX."""

import logging
import os
import sys
import time
import warnings
from pathlib import Path

import psutil
import pytest

from fer_jax.errors import ConfigError, GenomeWarning
from fer_jax.lab.folders.run_folder import RunFolder
from fer_jax.lab.launch import devices as devices_launcher
from fer_jax.lab.launch.launcher_config import DevicesConf
from fer_jax.lab.launch.places import Place
from fer_jax.lab.launch.plain_job import PlainJob
from fer_jax.lab.launch.worker_pool import WorkerPool
from fer_jax.lab.launch.worker_process import WorkerProcess
from fer_jax.lab.launch.worker_warnings import RunWarnings
from fer_jax.lab.runs.runner import execute
from fer_jax.lab.settings.config import RunConfig
from tests.lab.small_runs import fake_config

FAKE = (sys.executable, str(Path(__file__).with_name("fake_worker.py")))


class Told:
    """Keeps what it is told."""

    def __init__(self):
        self.lines, self.ended = [], 0

    def note(self, line):
        self.lines.append(line)

    def update(self, outcomes, seconds, at_work):
        self.ended = len(outcomes)


class Pool:
    """A pool of fake workers, with all that it has started."""

    def __init__(self, folder, places=("one",), command=FAKE, grace=0.3):
        self.told, self.started, self._folder, self._command = Told(), [], folder, command
        places = [place if isinstance(place, Place) else Place(place) for place in places]
        self._pool = WorkerPool(places, self._start, self.told, grace=grace)

    def _start(self, place, number):
        log = self._folder / f"worker-{number}.log"
        self.started.append(WorkerProcess(place, log, self._command))
        return self.started[-1]

    def run(self, *jobs, **keys):
        count = len(jobs)
        plain = [
            PlainJob(RunConfig(target="sunrise", **keys), job, f"[{number}/{count}] ")
            for number, job in enumerate(jobs, 1)
        ]
        outcomes = self._pool.run(plain)
        assert self.told.ended == count
        assert not any(psutil.pid_exists(worker.pid) for worker in self.started)
        return outcomes


def test_one_worker_does_one_run_after_another(tmp_path):
    pool = Pool(tmp_path)
    outcomes = pool.run((), (), ())
    assert [outcome.state for outcome in outcomes] == ["done"] * 3
    assert {outcome.folder for outcome in outcomes} == {str(pool.started[0].pid)}
    assert len(pool.started) == 1


def test_workers_share_the_queue_each_in_its_place(tmp_path):
    here, there = (Place(name, environment={"PLACE": name}) for name in ("here", "there"))
    pool = Pool(tmp_path, [here, there])
    outcomes = pool.run(*[("sleep=0.2", "environment=PLACE")] * 4)
    assert {outcome.folder for outcome in outcomes} == {"here", "there"}
    assert len(pool.started) == 2


def test_what_a_worker_says_of_its_run_is_passed_on_and_the_rest_is_not(tmp_path):
    pool = Pool(tmp_path)
    pool.run(("say=[1/1] sunrise: half way", "say=a warning of XLA", "sleep=0.3"))
    assert pool.told.lines == ["[1/1] sunrise: half way"]
    assert "a warning of XLA" in (tmp_path / "worker-0.log").read_text()


def test_a_run_whose_worker_dies_is_begun_once_more_in_a_fresh_one(tmp_path):
    pool = Pool(tmp_path)
    outcomes = pool.run((), (f"once={tmp_path / 'died'}", "die=9"), ())
    assert [outcome.state for outcome in outcomes] == ["done"] * 3
    assert len({outcome.folder for outcome in outcomes}) == 2
    (line,) = pool.told.lines
    assert "[2/3] sgd · sunrise" in line
    assert "killed by SIGKILL" in line
    assert "once more" in line


def test_a_run_that_kills_every_worker_fails_alone_with_the_log_of_the_last(tmp_path):
    pool = Pool(tmp_path)
    outcomes = pool.run(("say=out of luck", "exit=3"), ())
    assert [outcome.state for outcome in outcomes] == ["failed", "done"]
    assert "2 times: ended with status 3" in outcomes[0].error
    assert "out of luck" in Path(outcomes[0].log).read_text()
    assert len(pool.started) == 3


def test_a_run_past_its_timeout_ends_with_its_worker_and_its_folder_says_so(tmp_path, fake_method):
    made = execute(fake_config(tmp_path, method="fake"))
    pool = Pool(tmp_path)
    began = time.monotonic()
    outcomes = pool.run(
        (f"folder={made.folder}", "say=deep in a call", "sleep=60"), (), timeout=0.2
    )
    assert time.monotonic() - began < 50
    assert [outcome.state for outcome in outcomes] == ["failed", "done"]
    assert "timeout=0.2" in outcomes[0].error
    status = RunFolder(Path(made.folder)).status
    assert status["state"] == "failed"
    assert "timeout" in status["error"]
    assert "deep in a call" in Path(outcomes[0].log).read_text()
    assert len(pool.started) == 2


def test_a_place_where_no_worker_starts_is_given_up(tmp_path):
    started = []

    def start(place, number):
        broken = ("--broken",) if place.name == "broken" else ()
        started.append(place.name)
        return WorkerProcess(place, tmp_path / f"{number}.log", (*FAKE, *broken))

    jobs = [PlainJob(RunConfig(target="sunrise"), ("sleep=0.2",))] * 5
    pool = WorkerPool([Place("broken"), Place("sound")], start, Told())
    assert [outcome.state for outcome in pool.run(jobs)] == ["done"] * 5
    assert sorted(started) == ["broken", "broken", "sound"]

    (outcome,) = WorkerPool([Place("broken")], start, Told()).run(jobs[:1])
    assert outcome.error == "WorkerLost: no worker could start: ended with status 7"
    assert "no such device" in Path(outcome.log).read_text()


def test_no_worker_outlives_an_interrupted_sweep(tmp_path):
    pool = Pool(tmp_path, ["one", "two"])

    def interrupt(line):
        raise KeyboardInterrupt

    pool.told.note = interrupt
    with pytest.raises(KeyboardInterrupt):
        pool.run(("sleep=0.3", "say=[1/2] here", "sleep=60"), ("sleep=60",))
    assert len(pool.started) == 2
    assert not any(psutil.pid_exists(worker.pid) for worker in pool.started)


def test_what_a_worker_warns_of_is_a_line_of_its_run(capsys, monkeypatch):
    monkeypatch.setattr("warnings.showwarning", warnings.showwarning)
    told = RunWarnings("[1/2] ")
    told.install()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(GenomeWarning("a link is cut"), stacklevel=1)
        logging.getLogger("fer_jax.search").warning("going on with %d seeds at once", 2)
    finally:
        logging.getLogger("fer_jax").removeHandler(told)
    expected = ["[1/2] warning: a link is cut", "[1/2] warning: going on with 2 seeds at once"]
    assert capsys.readouterr().err.splitlines() == expected


def start_fake(place, log):
    return WorkerProcess(place, log, FAKE)


def launch(*jobs, **keys):
    plain = [PlainJob(RunConfig(target="sunrise"), job) for job in jobs]
    return devices_launcher.launch(DevicesConf(gpus=[], **keys), plain, start=start_fake)


def test_the_launcher_leaves_no_logs_but_those_that_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert [outcome.state for outcome in launch((), ())] == ["done"] * 2
    assert list(tmp_path.iterdir()) == []
    (outcome,) = launch(("exit=1",))
    assert Path(outcome.log).is_file()


def test_there_are_no_more_workers_than_runs():
    outcomes = launch(("sleep=0.1",), workers=8)
    assert len(outcomes) == 1


def test_impossible_workers_are_told_in_one_line():
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    with pytest.raises(ConfigError, match=f"there are {cores} cores"):
        launch((), workers=2, cores_per_worker=cores)
