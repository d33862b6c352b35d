package dev.kasane.app.cli.adapter;

import dev.kasane.app.algebra.ReadAdapter;
import dev.kasane.app.cli.options.Sets;
import dev.kasane.app.cli.options.Words;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.core.UserException;
import dev.kasane.core.algebra.Verification;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.ElementType;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** How commands that make an adapter write it; use it as a mixin. */
final class AdapterOutputOptions {
  @Sets("output")
  @Option(names = "--out", paramLabel = "FILE", required = true, description = "The adapter to write.")
  private Path out;

  @Option(names = "--to", paramLabel = "FORMAT",
      description = "Its format, as 'kasane plugins list' names them (default: that of the first adapter;"
          + " kohya where none is read).")
  private String format;

  @Sets("stored type")
  @Option(names = "--dtype", paramLabel = "TYPE", converter = Words.Type.class,
      description = "Stored type: float32, float16 or bfloat16 (default: that of the adapters; float32 where they"
          + " differ or none is read).")
  private ElementType precision;

  @Option(names = "--overwrite", description = "Replace a file that exists.")
  private boolean overwrite;

  @Option(names = "--verify", negatable = true, defaultValue = "true", fallbackValue = "true",
      description = "Measure the result by another way than it was made, store what came out in its metadata, and"
          + " fail when it is off (default: yes).")
  private boolean verify;

  boolean verify() {
    return verify;
  }

  ElementType precision(List<ReadAdapter> parents) {
    return precision != null ? precision : parents.isEmpty() ? ElementType.FLOAT32 : ReadAdapter.widest(parents);
  }

  /** Fails early, before anything is computed. */
  void check(PluginHost host) {
    if (format != null) {
      host.format(format);
    }
    if (Files.exists(out) && !overwrite) {
      throw new UserException("Option --out names " + out + ", which exists. Name another, or add --overwrite.");
    }
    Path parent = out.toAbsolutePath().getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      throw new UserException("Option --out names " + out + ", but there is no folder " + parent
          + ". Create it first.");
    }
  }

  /** Writes a model that has been rounded and verified, and says so. */
  void write(AdapterModel model, Verification verification, String inherited, ElementType stored, PluginHost host,
      PrintWriter log) throws IOException {
    verification.requirePassed(out.toString());
    Map<String, String> metadata = new LinkedHashMap<>(model.metadata());
    if (!verification.checks().isEmpty()) {
      metadata.put(Verification.KEY, verification.text());
    }
    host.format(format == null ? inherited : format)
        .write(new AdapterModel(model.components(), List.of(), metadata), out, stored);
    String tested = !verify ? "not verified"
        : verification.checks().isEmpty() ? "not verified: this method promises nothing that can be measured"
        : verification.text();
    log.println("self-test: " + tested);
    log.println(out);
    log.flush();
  }
}
