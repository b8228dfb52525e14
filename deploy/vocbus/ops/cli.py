"""The `vocbus` command: one group whose sub-commands are imported only when they are called."""

import importlib
import sys

import click

#: Command → "module:function" and the line that --help shows for it, in the order of a first day's work.
COMMANDS = {
    "demo": (
        "vocbus.ops.cli_demo:demo",
        "Run everything once on sample data and prove that nothing was lost.",
    ),
    "up": ("vocbus.ops.cli_servers:up", "Start Kafka and Elasticsearch on this computer."),
    "down": ("vocbus.ops.cli_servers:down", "Stop them."),
    "status": ("vocbus.ops.cli_servers:status", "Show where they run."),
    "topics": ("vocbus.ops.cli_apply:topics", "Create or extend the Kafka topics of the catalogue."),
    "indices": ("vocbus.ops.cli_apply:indices", "Create or extend the Elasticsearch index templates."),
    "publish": ("vocbus.ops.cli_publish:publish", "Publish interactions: JSON lines or mail."),
    "worker": ("vocbus.ops.cli_worker:worker", "Run the agents: intake and index."),
    "tail": ("vocbus.ops.cli_tail:tail", "Follow a department's topic."),
    "explain": ("vocbus.ops.cli_explain:explain", "Show how a text would be classified and routed, and why."),
    "decide": ("vocbus.ops.cli_decide:decide", "Decide every row of a file, one JSON line each."),
    "eval": ("vocbus.ops.cli_eval:evaluate", "Measure the decisions about labelled rows."),
    "diff": ("vocbus.ops.cli_diff:diff", "Show which decisions other rules or another model would change."),
    "train": ("vocbus.ops.cli_train:train", "Rebuild the model from labelled text, byte for byte."),
    "correct": ("vocbus.ops.cli_correct:correct", "Say what an interaction really holds."),
    "corrections": ("vocbus.ops.cli_corrections:corrections", "Export what people corrected, to train with."),
    "verify": ("vocbus.ops.cli_verify:verify", "Prove by ids that nothing was lost."),
    "dead-letters": ("vocbus.ops.cli_dead_letters:dead_letters", "List, show and replay dead letters."),
    "schemas": ("vocbus.ops.cli_schemas:schemas", "Check the schemas against the compatibility gate."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module at its first use: `vocbus --help` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), function)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="vocbus")
def vocbus() -> None:
    """vocbus, a voice-of-customer bus for banks.

    Channel systems publish interactions to Kafka; agents find complaints, feedback and sales signals in them
    and route these to department topics and Elasticsearch.

    Start with `vocbus demo`. Every command finds the servers by --kafka and --elasticsearch, then by
    VOCBUS_KAFKA and VOCBUS_ELASTICSEARCH, then by the data folder of a running `vocbus up`.
    """


def main() -> None:
    """Entry point of the console script."""
    sys.exit(vocbus())


if __name__ == "__main__":
    main()
