package dev.kasane.app.cli;

import dev.kasane.app.cli.options.CommandGroup;
import picocli.CommandLine.Command;

/** {@code kasane plugins}. */
@Command(name = "plugins", description = "Look at the installed plugins.", mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND", subcommands = PluginsListCommand.class)
final class PluginsCommand extends CommandGroup {}
