package dev.kasane.bench.text;

import dev.kasane.text.data.DataReport;
import dev.kasane.text.data.ExampleTemplates;
import dev.kasane.text.data.RecordFiles;
import dev.kasane.text.tokenizer.Tokenizer;
import dev.kasane.text.tokenizer.Tokenizers;
import dev.kasane.text.training.TrainingTexts;
import java.nio.file.Path;

/**
 * Seconds for turning ten thousand chat records into tokens and what is learnt of them, as {@code train text} does,
 * five times; {@code peer_chat_data.py} makes the records and does the same.
 */
public final class ChatDataBenchmark {
  private static final int ROUNDS = 5;

  private ChatDataBenchmark() {}

  /**
   * Prints a line a round.
   *
   * @param arguments the folder with the tokeniser and the records
   */
  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    Tokenizer tokenizer = Tokenizers.open(folder);
    for (int round = 0; round < ROUNDS; round++) {
      long begun = System.nanoTime();
      DataReport report = TrainingTexts.of(RecordFiles.read(folder.resolve("records.jsonl")),
          ExampleTemplates.choose("model", folder, tokenizer), tokenizer,
          new TrainingTexts.Options(0, 4096, false, true, 1, 1, 42)).report();
      System.out.printf("java %.2f s, %d tokens, %d of the assistant%n", (System.nanoTime() - begun) / 1e9,
          report.tokens(), report.supervised());
    }
  }
}
