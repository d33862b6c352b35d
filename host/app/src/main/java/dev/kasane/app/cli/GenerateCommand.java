package dev.kasane.app.cli;

import picocli.CommandLine.Command;

/** {@code kasane generate}. */
@Command(name = "generate", description = "Draw pictures or write text with a base model and adapters.",
    mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND",
    subcommands = {GenerateImageCommand.class, GenerateTextCommand.class})
final class GenerateCommand extends CommandGroup {}
