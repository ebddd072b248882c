"""The commands. Imports are inside them: a person who mistypes a name should not wait for Playwright."""

from __future__ import annotations

import io
import re
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

try:
    import click
except ImportError as error:
    sys.stderr.write(f"The Python packages are damaged ({error}): delete .venv and start again.\n")
    sys.exit(2)

from harness.errors import HarnessError
from harness.setup.commands import BROWSER, COMMANDS, PACKAGES, POSTGRES, needs, program, unknown
from harness.setup.start import interrupt

if TYPE_CHECKING:
    from harness.config import HarnessSettings, TargetSettings
    from harness.setup.everything import Ready

ENDPOINT = "T"  # the checks of the token endpoint, which need no browser
PASS_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "allow_interspersed_args": False}


class Commands(click.Group):
    """A group that names the nearest command for one that does not exist."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None:
            raise click.UsageError(unknown(args[0]))
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Prove that a live-streaming listening-party app works before it is released."""


@commands.command(help=COMMANDS["gate"].does)
@click.option("--only", metavar="IDS", help="checks or whole letters, like G,T01,T02")
@click.option(
    "--runs", type=click.Path(path_type=Path), help="where the run leaves its folder (default: runs)"
)
@click.option("--token-url", metavar="URL", help="a token endpoint to test in place of the built-in system")
@click.option(
    "--target", type=click.Path(path_type=Path), help="a file that describes the deployment to test"
)
@click.option("--workers", type=click.IntRange(1, 64), help="so many parts of the checks beside each other")
@click.option("--shard", metavar="K/N", help="one of N parts, to be merged: see `report merge`")
@click.option(
    "--timings",
    type=click.Path(path_type=Path),
    help="timings.json of an earlier run, to make parts that take the same time",
)
@click.option(
    "--time-limit", type=click.FloatRange(min=0, min_open=True), help="seconds until the run is cut off"
)
@click.option("--no-rerun", is_flag=True, help="do not run red checks again: a flaky one counts as red")
@click.option(
    "--connect", metavar="WS", multiple=True, help="a Playwright server that starts the browsers; may repeat"
)
@click.option("--seed", type=int, help="the number that names and titles are made from, to repeat a run's")
@click.option("--profile", is_flag=True, help="tell where the time went: phases, fixtures, waits for proofs")
def gate(
    only: str | None,
    runs: Path | None,
    token_url: str | None,
    target: Path | None,
    workers: int | None,
    shard: str | None,
    timings: Path | None,
    time_limit: float | None,
    no_rerun: bool,
    connect: tuple[str, ...],
    seed: int | None,
    profile: bool,
) -> int:
    from harness.config import HarnessSettings, load, load_target
    from harness.gate import Speed
    from harness.gate import gate as run_gate
    from harness.gate.catalogue import catalogue, choose
    from harness.gate.share import Share

    told = {"runs": runs, "target_file": target, "seed": seed}
    servers = {"HARNESS_CONNECT": ",".join(connect)} if connect else {}
    settings = load(HarnessSettings, **servers).model_copy(
        update={name: value for name, value in told.items() if value is not None}
    )
    deployment = load_target(settings.target_file, token_url)
    named = [] if only is None else [only]
    chosen = choose(named, catalogue())  # a wrong name is told before anything is installed
    speed = Speed(workers, Share.parse(shard) if shard else None, time_limit, timings, not no_rerun)
    in_browsers = any(check.area != ENDPOINT for check in chosen)
    _make_ready(settings, _without_remote(settings, _gate_needs(deployment, in_browsers=in_browsers)))
    return run_gate(settings, named, deployment, speed, profiled=profile)


def _gate_needs(target: TargetSettings, *, in_browsers: bool) -> Sequence[str]:
    """A deployment has pages of its own; it needs a database of ours, or browsers, only when it says so."""
    if target.token_url is None:
        return COMMANDS["gate"].needs
    browser = (BROWSER,) if in_browsers and target.host.url is not None else ()
    database = (POSTGRES,) if target.supabase == "local" else ()
    return (PACKAGES, *browser, *database)


def _without_remote(settings: HarnessSettings, needed: Sequence[str]) -> Sequence[str]:
    """Playwright servers have browsers of their own."""
    return [need for need in needed if not (settings.connect and need == BROWSER)]


@commands.group(help=COMMANDS["report"].does)
def report() -> None: ...


RUNS = click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RUN...")


@report.command(help="One verdict over the shards of one gate: name the run folder of each.")
@RUNS
def merge(runs: Sequence[Path]) -> int:
    from harness.config import HarnessSettings, load
    from harness.gate.merge import merge as merge_runs

    return merge_runs(load(HarnessSettings), runs)


@commands.command(help=COMMANDS["replay"].does)
@click.argument("run")
@click.argument("check")
@click.option(
    "--runs", type=click.Path(path_type=Path), help="where RUN is, and this one leaves its folder too"
)
@click.option("--target", type=click.Path(path_type=Path), help="the target file, if it is elsewhere now")
def replay(run: str, check: str, runs: Path | None, target: Path | None) -> int:
    from harness.config import HarnessSettings, load
    from harness.gate.catalogue import catalogue
    from harness.gate.replay import Replay

    told = {"runs": runs, "target_file": target}
    settings = load(HarnessSettings).model_copy(
        update={name: value for name, value in told.items() if value is not None}
    )
    again = Replay.of(settings, run, check, catalogue())
    _make_ready(again.settings, _gate_needs(again.target, in_browsers=again.check.area != ENDPOINT))
    return again.run()


@report.command(help="Plot time to first frame, duration and flakes over runs, on one page.")
@RUNS
@click.option("--out", type=click.Path(path_type=Path), default="trend.html", help="default: trend.html")
def trend(runs: Sequence[Path], out: Path) -> None:
    from harness.gate.trend import trend as plot

    plot(runs, out)
    click.echo(f"Trend: {out}")


@commands.group(help=COMMANDS["target"].does)
def target() -> None: ...


def _questions(command: click.Command) -> click.Command:
    """An option for each of them."""
    from harness.target_file.questions import QUESTIONS

    for question in QUESTIONS:
        command.params.append(click.Option([question.option, question.name], help=question.asks))
    return command


@target.command(help="Ask for what a target file needs, and write it; without a terminal, options alone.")
@click.option("--output", type=click.Path(path_type=Path), default=Path("harness.toml"), help="the file")
@click.option("--force", is_flag=True, help="replace a file that is there")
@click.option(
    "--set", "others", metavar="KEY=VALUE", multiple=True, help="any other key of docs/target.md; may repeat"
)
def init(output: Path, force: bool, others: Sequence[str], **told: str | None) -> None:
    from harness.target_file.asking import Asking
    from harness.target_file.questions import QUESTIONS
    from harness.target_file.writing import lacks, write

    answers = {question.key: answer for question in QUESTIONS if (answer := told[question.name])}
    asking = Asking(answers, others, is_person=sys.stdin.isatty())
    asking.may_replace(output, force=force)
    write(output, asking.whole())
    click.echo(f"{output} is written: see what it lacks with `{program()} target check --target {output}`.")
    for line in lacks(asking.answers):
        click.echo(line)


_questions(init)


@target.command(help="Look at each piece of a target: exit 0 all green, 1 red, 2 something was not tried.")
@click.option("--target", "file", type=click.Path(path_type=Path), help="the file (default: HARNESS_TARGET)")
@click.option(
    "--live/--no-live",
    default=None,
    help="go live once, and end it (default: yes in a party that is made for it, no in a given one)",
)
def check(file: Path | None, live: bool | None) -> int:
    from harness.config import HarnessSettings, load, load_target
    from harness.errors import UsageError
    from harness.gate.catalogue import catalogue, expect_checks
    from harness.target_file.inspection import inspect

    settings = load(HarnessSettings)
    told = load_target(file or settings.target_file)
    if told.token_url is None:
        raise UsageError("There is no target to look at: name a file with --target, or HARNESS_TOKEN_URL.")
    expect_checks(told.waivers, catalogue())
    _make_ready(settings, _without_remote(settings, _gate_needs(told, in_browsers=True)))
    return inspect(told, settings, click.echo, live=live)


@commands.command(help=COMMANDS["up"].does)
@click.option("--only", metavar="SERVER", help="one server alone: token-server, stream or supabase")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="port of the pages, or of the one server"
)
@click.option("--control", is_flag=True, help="with --only stream: serve its control API")
def up(only: str | None, port: int, control: bool) -> None:
    from harness.config import HarnessSettings, load
    from harness.stack import up as run_stack

    settings = load(HarnessSettings)
    ready = _make_ready(settings, needs(["up", *([only] if only else [])]))
    run_stack(settings, only, port, ready.pages, control=control)


@commands.command(help=COMMANDS["reproduce"].does)
@click.argument("name", required=False)
@click.option("--list", "listed", is_flag=True, help="every failure, and where it was really seen")
@click.option(
    "--role", type=click.Choice(["host", "viewer"]), help="whose page fails (default: the failure's)"
)
@click.option(
    "--browser",
    type=click.Choice(["chromium", "chrome", "msedge", "firefox", "webkit"]),
    default="chromium",
    show_default=True,
)
@click.option("--headed", is_flag=True, help="show the browser")
@click.option("--url", metavar="URL", help="a page of your own, in place of the reference system")
@click.option("--click", "selector", metavar="SELECTOR", help="with --url: what to press so that it asks")
@click.option("--expect", metavar="TEXT", help="a text that the page must show")
@click.option(
    "--storage-state",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="with --url: a file of Playwright's that signs in",
)
@click.option("--keep-open", is_flag=True, help="leave the browser open, failing, until Ctrl-C")
@click.option("--heal-after", type=click.IntRange(0, 3600), help="seconds that the failure stays")
@click.option("--simulated", is_flag=True, help="by the stand-in, also where the real failure can be made")
def reproduce(
    name: str | None,
    listed: bool,
    role: str | None,
    browser: str,
    headed: bool,
    url: str | None,
    selector: str | None,
    expect: str | None,
    storage_state: Path | None,
    keep_open: bool,
    heal_after: int | None,
    simulated: bool,
) -> int:
    from harness.browser.failures import failure_named

    if listed or name is None:
        from harness.reproduce.table import table

        click.echo(table())
        return 0
    failure = failure_named(name)  # a wrong name is told before anything is installed
    from harness.config import HarnessSettings, load
    from harness.reproduce.command import reproduce as run
    from harness.reproduce.options import Options
    from harness.reproduce.possible import expect_possible

    settings = load(HarnessSettings)
    options = Options(
        role or failure.role,
        browser,
        headed,
        url,
        selector,
        expect,
        storage_state,
        keep_open,
        heal_after,
        simulated or None,
    )
    expect_possible(settings, failure, options)
    _make_ready(settings, COMMANDS["reproduce"].needs if url is None else (PACKAGES, BROWSER))
    return run(settings, failure, options)


@commands.command(help=COMMANDS["test"].does, context_settings=PASS_ON)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[PYTEST ARGUMENTS]")
def test(arguments: Sequence[str]) -> int:
    from harness.config import HarnessSettings, load
    from harness.setup.own_tests import run_own_tests

    settings = load(HarnessSettings)
    _make_ready(settings, COMMANDS["test"].needs)
    # Other projects' pytest may have a --seed of its own, so that of the plugin has a longer name.
    own = [re.sub(r"^--seed(?=$|=)", "--harness-seed", argument) for argument in arguments]
    return run_own_tests(settings, own)


@commands.command(help=COMMANDS["doctor"].does)
@click.option("--mend", is_flag=True, help="install and build what is missing first")
def doctor(mend: bool) -> int:
    from harness.config import HarnessSettings, load
    from harness.local_supabase.postgres.installation import find
    from harness.setup.doctor import examine, report

    settings = load(HarnessSettings)
    if mend:
        _make_ready(settings, COMMANDS["doctor"].needs)
    rows = examine(settings, find)
    click.echo(report(rows))
    return 0 if all(row.found for row in rows) else 2


def _make_ready(settings: HarnessSettings, needed: Sequence[str]) -> Ready:
    from harness.local_supabase.postgres.installation import find
    from harness.setup.everything import make_ready

    return make_ready(settings, needed, find)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0, 1 or 2 as the command says, 130 after Ctrl-C."""
    sys.exit(_exit_code(arguments))


def _exit_code(arguments: Sequence[str] | None) -> int:
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, interrupt)
    for stream in (sys.stdout, sys.stderr):
        # A machine without UTF-8 gets a question mark, and not a traceback, for what it cannot write.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        result = commands.main(arguments, prog_name=program(), standalone_mode=False)
    except HarnessError as error:
        click.echo(str(error), err=True)
        return error.exit_code
    except click.ClickException as error:
        click.echo(error.format_message(), err=True)
        return 2
    except ImportError as error:
        click.echo(f"The Python packages are damaged ({error}): delete .venv and start again.", err=True)
        return 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("Stopped.", err=True)
        return 130
    except Exception:  # a defect of ours says nothing of the product, which an exit code of 1 would
        traceback.print_exc()
        return 2
    return int(result or 0)


if __name__ == "__main__":
    main()
