package dev.kasane.app.cli.train;

import dev.kasane.app.cli.options.CommandGroup;
import picocli.CommandLine.Command;

/** {@code kasane train}. */
@Command(name = "train", description = "Train an adapter.", mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND", subcommands = {TrainImageCommand.class, TrainTextCommand.class})
public final class TrainCommand extends CommandGroup {}
