package dev.kasane.text.demo;

import ai.djl.ndarray.NDManager;
import dev.kasane.text.generation.Continuation;
import dev.kasane.text.generation.GenerationOptions;
import dev.kasane.text.generation.Generator;
import dev.kasane.text.generation.Prompt;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** Asks a model to describe products that were held back and scores what it says. */
public final class DemoExam {
  private static final int LONGEST_ANSWER = 80;
  private static final int AT_ONCE = 16;

  private DemoExam() {}

  /**
   * The score of a model with whatever adapters are attached, always taking the most likely token.
   *
   * @param questions how many held-out products
   * @param parent parent of the managers used
   */
  public static DemoScore take(CausalLm model, Tokenizer tokenizer, int questions, NDManager parent) {
    Generator generator = new Generator(model, tokenizer, tokenizer.endOfTextIds());
    List<DemoInstructions.Task> tasks = DemoInstructions.heldOut(questions);
    List<DemoScore.Answer> answers = new ArrayList<>();
    for (int from = 0; from < tasks.size(); from += AT_ONCE) {
      List<DemoInstructions.Task> asked = tasks.subList(from, Math.min(tasks.size(), from + AT_ONCE));
      List<Prompt> prompts = asked.stream().map(task -> Prompt.of(
          tokenizer.encode(task.prompt(), true), GenerationOptions.greedy(LONGEST_ANSWER))).toList();
      List<Continuation> said = generator.generate(prompts, (row, piece) -> { }, parent);
      for (int i = 0; i < said.size(); i++) {
        answers.add(new DemoScore.Answer(asked.get(i), said.get(i).text(),
            said.get(i).end() == Continuation.End.FINISHED));
      }
    }
    return DemoScore.of(answers);
  }
}
