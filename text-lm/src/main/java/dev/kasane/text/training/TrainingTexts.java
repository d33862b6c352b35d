package dev.kasane.text.training;

import dev.kasane.core.UserException;
import dev.kasane.text.data.DataReport;
import dev.kasane.text.data.DataSplit;
import dev.kasane.text.data.EncodedExample;
import dev.kasane.text.data.ExampleEncoder;
import dev.kasane.text.data.ExampleTemplate;
import dev.kasane.text.data.RowLayout;
import dev.kasane.text.data.TemplateText;
import dev.kasane.text.data.TextBatch;
import dev.kasane.text.data.TextBatches;
import dev.kasane.text.data.TextPart;
import dev.kasane.text.data.TextRecord;
import dev.kasane.text.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a run is trained on and measured with.
 *
 * @param batches what is learnt
 * @param evaluation what was held back, example by example
 * @param report what there is to learn
 * @param samples a few texts up to where the model is to go on, of what was held back if there is any
 */
public record TrainingTexts(TextBatches batches, List<TextBatch> evaluation, DataReport report,
    List<TemplateText> samples) {
  private static final int SAMPLES = 4;

  /**
   * How records become batches.
   *
   * @param evaluationShare share of the records held back, 0 to below 1
   * @param maxLength greatest length in tokens
   * @param everything whether the loss is on all of the text
   * @param packing whether examples share rows
   * @param batchSize rows of a batch
   * @param accumulation batches of a step
   * @param seed the run's seed
   */
  public record Options(double evaluationShare, int maxLength, boolean everything, boolean packing, int batchSize,
      int accumulation, long seed) {}

  /**
   * Prepares records.
   *
   * @throws UserException when a record does not fit the template or nothing is left to train on
   */
  public static TrainingTexts of(List<TextRecord> records, ExampleTemplate template, Tokenizer tokenizer,
      Options options) {
    ExampleEncoder encoder = new ExampleEncoder(tokenizer, options.maxLength(), options.everything());
    DataSplit split = DataSplit.of(records, options.evaluationShare(), options.seed());
    Set<String> unread = new TreeSet<>();
    List<EncodedExample> training = encode(split.training(), template, encoder, unread);
    List<EncodedExample> held = encode(split.evaluation(), template, encoder, unread);
    int padding = tokenizer.paddingId().orElse(tokenizer.endOfTextId().orElse(0));
    // Examples without anything to learn would make batches without gradients.
    List<EncodedExample> speaking = training.stream().filter(example -> example.supervisedTokens() > 0).toList();
    DataReport report = DataReport.of(training, unread);
    report.check();
    TextBatches batches = new TextBatches(speaking, new TextBatches.Settings(options.batchSize(),
        options.maxLength(), options.packing(), options.accumulation(), padding, options.seed()));
    return new TrainingTexts(batches, held.stream().map(one -> RowLayout.of(List.of(List.of(one)), padding, 1))
        .toList(), report, samples(split, template));
  }

  private static List<EncodedExample> encode(List<TextRecord> records, ExampleTemplate template,
      ExampleEncoder encoder, Set<String> unread) {
    List<TemplateText> texts = records.stream().map(template::of).toList();
    texts.forEach(text -> unread.addAll(text.unread()));
    return texts.parallelStream().flatMap(text -> encoder.encode(text).stream()).toList();
  }

  private static List<TemplateText> samples(DataSplit split, ExampleTemplate template) {
    List<TextRecord> records = split.evaluation().isEmpty() ? split.training() : split.evaluation();
    return records.stream().limit(SAMPLES).map(template::of).map(TrainingTexts::prompt)
        .filter(text -> !text.whole().isBlank()).toList();
  }

  private static TemplateText prompt(TemplateText text) {
    List<TextPart> parts = new ArrayList<>();
    for (TextPart part : text.parts()) {
      if (part.answer()) {
        break;
      }
      parts.add(part);
    }
    return new TemplateText(parts, text.complete());
  }
}
