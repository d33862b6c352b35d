package dev.kasane.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.kasane.app.cli.options.PluginOptions;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.core.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kasane plugins list}. */
@Command(name = "list", description = "List the plugins with their methods, options and file formats.",
    mixinStandardHelpOptions = true)
final class PluginsListCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Mixin
  private PluginOptions plugins;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws JsonProcessingException {
    try (PluginHost host = plugins.start()) {
      List<PluginListing> listings = host.plugins().stream().map(PluginListing::of).toList();
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.print(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(listings));
        out.println();
      } else {
        listings.forEach(listing -> print(listing, out));
      }
      out.flush();
      return ExitCode.OK;
    }
  }

  private static void print(PluginListing plugin, PrintWriter out) {
    out.println(plugin.id() + " " + plugin.version() + "  " + plugin.description());
    out.println("  file              " + plugin.file());
    out.println("  extension points  " + String.join(", ", plugin.extensionPoints()));
    for (PluginListing.Method method : plugin.methods()) {
      out.println("  method " + method.id() + "  " + method.description());
      method.options().forEach(option -> out.println(String.format("    %-20s %-8s %-10s %s",
          option.name(), option.type(), option.defaultValue(), option.description())));
    }
    plugin.formats().forEach(format -> out.println("  format " + format.id() + "  " + format.description()));
  }
}
