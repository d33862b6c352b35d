package dev.kasane.app.cli;

import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.training.TextTrainingSession;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.Precision;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the results of a run on text go, and what is tried out on the way. */
final class TextOutputOptions {
  @Option(names = "--out", paramLabel = "DIR",
      description = "Folder for the results (default: kasane-runs/NAME). A run that was stopped goes on there.")
  Path out;

  @Option(names = "--name", paramLabel = "NAME",
      description = "Name of the adapter (default: the name of the data file).")
  String name;

  @Option(names = "--overwrite", negatable = true, defaultValue = "false", fallbackValue = "true",
      description = "Replace a finished run.")
  boolean overwrite;

  @Option(names = "--format", paramLabel = "ID", defaultValue = "peft",
      description = "Format of the adapter: peft makes a folder (default: ${DEFAULT-VALUE}).")
  String format;

  @Option(names = "--save-dtype", paramLabel = "TYPE", converter = Words.Type.class, defaultValue = "float32",
      description = "Type of the saved tensors: float32, float16 or bfloat16 (default: ${DEFAULT-VALUE}).")
  Precision saveType;

  @Option(names = "--sample-every", paramLabel = "N", defaultValue = "0",
      description = "Steps between sample answers, 0 for none while training (default: ${DEFAULT-VALUE}).")
  long sampleEvery;

  @Option(names = "--sample-tokens", paramLabel = "N", defaultValue = "80",
      description = "Longest sample answer (default: ${DEFAULT-VALUE}).")
  int sampleTokens;

  @Option(names = "--samples", negatable = true, defaultValue = "true", fallbackValue = "true",
      description = "Write sample answers before and after (default: yes).")
  boolean samples;

  @Option(names = "--eval-every", paramLabel = "N", defaultValue = "100",
      description = "Steps between measurements on what --eval-share holds back (default: ${DEFAULT-VALUE}).")
  long evaluateEvery;

  TextTrainingSession.Output toOutput(Path data, long checkpointEvery, PluginHost host) {
    Ranges.require(evaluateEvery >= 1, "--eval-every", evaluateEvery, "1 or more");
    Ranges.require(sampleEvery >= 0, "--sample-every", sampleEvery, "0 (never) or more");
    Ranges.require(sampleTokens >= 1, "--sample-tokens", sampleTokens, "1 or more");
    String file = data.getFileName().toString();
    String named = name != null ? name : file.contains(".") ? file.substring(0, file.lastIndexOf('.')) : file;
    if (!named.matches("[^/\\\\:*?\"<>|\\p{Cntrl}]{1,100}") || named.startsWith(".")) {
      throw new UserException("Option --name is '" + named + "', which is no file name.");
    }
    return new TextTrainingSession.Output(out == null ? Path.of("kasane-runs", named) : out, named, overwrite,
        checkpointEvery, sampleEvery, samples ? sampleTokens : 0, evaluateEvery, host.format(format),
        saveType.toString());
  }
}
