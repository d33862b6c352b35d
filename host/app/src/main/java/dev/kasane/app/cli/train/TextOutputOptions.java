package dev.kasane.app.cli.train;

import dev.kasane.app.cli.options.Words;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.app.training.TrainingSession;
import dev.kasane.core.Ranges;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.text.base.SampleAnswers;
import dev.kasane.text.base.TextBase;
import dev.kasane.text.training.TrainingTexts;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the results of a run on text go, and what is tried out on the way. */
final class TextOutputOptions {
  @Mixin
  private RunOutputOptions common;

  @RecipeKey
  @Option(names = "--format", paramLabel = "ID", defaultValue = "peft",
      description = "Format of the adapter: peft makes a folder (default: ${DEFAULT-VALUE}).")
  private String format;

  @RecipeKey
  @Option(names = "--save-dtype", paramLabel = "TYPE", converter = Words.Type.class, defaultValue = "float32",
      description = "Type of the saved tensors: float32, float16 or bfloat16 (default: ${DEFAULT-VALUE}).")
  private ElementType saveType;

  @RecipeKey
  @Option(names = "--sample-tokens", paramLabel = "N", defaultValue = "80",
      description = "Longest sample answer (default: ${DEFAULT-VALUE}).")
  private int sampleTokens;

  @RecipeKey
  @Option(names = "--eval-every", paramLabel = "N", defaultValue = "100",
      description = "Steps between measurements on what --eval-share holds back (default: ${DEFAULT-VALUE}).")
  private long evaluateEvery;

  TrainingSession.Output toOutput(Path data, long checkpointEvery, PluginHost host) {
    Ranges.require(evaluateEvery >= 1, "«eval every»", evaluateEvery, "1 or more");
    Ranges.require(sampleTokens >= 1, "«sample tokens»", sampleTokens, "1 or more");
    String file = data.getFileName().toString();
    return common.toOutput(file.contains(".") ? file.substring(0, file.lastIndexOf('.')) : file, checkpointEvery,
        evaluateEvery, host.formats(), host.format(format), saveType);
  }

  SampleAnswers toSamples(TextBase base, TrainingTexts texts) {
    return new SampleAnswers(base.model(), base.tokenizer(), common.samples() ? texts.samples() : List.of(), sampleTokens);
  }
}
