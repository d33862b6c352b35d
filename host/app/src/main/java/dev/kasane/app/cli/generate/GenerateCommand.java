package dev.kasane.app.cli.generate;

import dev.kasane.app.cli.options.CommandGroup;
import picocli.CommandLine.Command;

/** {@code kasane generate}. */
@Command(name = "generate", description = "Draw pictures or write text with a base model and adapters.",
    mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND",
    subcommands = {GenerateImageCommand.class, GenerateTextCommand.class})
public final class GenerateCommand extends CommandGroup {}
