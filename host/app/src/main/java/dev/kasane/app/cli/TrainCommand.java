package dev.kasane.app.cli;

import picocli.CommandLine.Command;

/** {@code kasane train}. */
@Command(name = "train", description = "Train an adapter.", mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND", subcommands = {TrainImageCommand.class, TrainTextCommand.class})
final class TrainCommand extends CommandGroup {}
