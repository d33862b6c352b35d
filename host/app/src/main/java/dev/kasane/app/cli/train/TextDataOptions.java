package dev.kasane.app.cli.train;

import dev.kasane.app.DemoTextLocation;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.core.Ranges;
import dev.kasane.core.UserException;
import dev.kasane.text.base.TextBase;
import dev.kasane.text.data.ExampleTemplates;
import dev.kasane.text.data.RecordFiles;
import dev.kasane.text.data.TextRecord;
import dev.kasane.text.training.TrainingTexts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What a language model learns from, and how records become texts. */
final class TextDataOptions {
  private static final int USUAL_LENGTH = 1024;

  @RecipeKey
  @Option(names = "--data", paramLabel = "FILE", split = ",",
      description = "Data files: .jsonl, .json, .csv, .tsv, .parquet or .txt, with instruction, input and output;"
          + " messages; conversations; prompt and completion; or text (default: the sample texts).")
  List<Path> data = new ArrayList<>();

  @RecipeKey
  @Option(names = "--template", paramLabel = "NAME", defaultValue = "auto",
      description = "How records become texts: alpaca, chatml, llama, model (its own chat template), text, auto, or"
          + " a text with {field} holes of which the last is the answer (default: ${DEFAULT-VALUE}).")
  String template;

  @RecipeKey
  @Option(names = "--loss-on", paramLabel = "WHAT", defaultValue = "answer",
      description = "What counts in the loss: answer or all (default: ${DEFAULT-VALUE}).")
  String lossOn;

  @RecipeKey
  @Option(names = "--max-length", paramLabel = "N",
      description = "Greatest length of an example in tokens (default: what the model reads, at most 1024).")
  Integer maxLength;

  @RecipeKey
  @Option(names = "--packing", negatable = true, defaultValue = "false", fallbackValue = "true",
      description = "Put several examples into a row of the greatest length; none sees another.")
  boolean packing;

  @RecipeKey
  @Option(names = "--eval-share", paramLabel = "SHARE", defaultValue = "0",
      description = "Share of the records that is held back and measured, 0 to below 1 (default: ${DEFAULT-VALUE}).")
  double evaluationShare;

  /** The files to read. */
  List<Path> files() {
    return data.isEmpty() ? List.of(DemoTextLocation.data()) : data;
  }

  /** Reads, templates and tokenises everything; nothing heavy has begun. */
  TrainingTexts prepare(TextBase base, TrainingRunOptions run) {
    long context = base.checkpoint().config().positions().reach();
    if (!lossOn.equals("answer") && !lossOn.equals("all")) {
      throw new UserException("Option --loss-on is '" + lossOn + "'. It takes answer or all.");
    }
    int longest = maxLength == null ? (int) Math.min(context, USUAL_LENGTH) : maxLength;
    Ranges.require(longest >= 8 && longest <= context, "«max length»", longest,
        "8 to " + context + ", which is what the model reads");
    Ranges.require(run.batchSize >= 1, "«batch size»", run.batchSize, "1 or more");
    Ranges.require(run.accumulate >= 1, "«accumulate»", run.accumulate, "1 or more");
    List<TextRecord> records = new ArrayList<>();
    files().forEach(file -> records.addAll(RecordFiles.read(file)));
    return TrainingTexts.of(records, ExampleTemplates.choose(template, base.texts(), base.tokenizer()), base.tokenizer(),
        new TrainingTexts.Options(evaluationShare, longest, lossOn.equals("all"), packing, run.batchSize,
            run.accumulate, run.seed));
  }
}
