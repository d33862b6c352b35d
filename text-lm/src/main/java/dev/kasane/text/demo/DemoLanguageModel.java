package dev.kasane.text.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.Json;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.WeightWriter;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.PendingFile;
import dev.kasane.core.files.PendingFolder;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.text.checkpoint.TextWeights;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.tokenizer.ByteLevelTrainer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A demo language model, ready to be written.
 *
 * @param model the trained model
 * @param tokenizer the content of its tokenizer.json
 */
public record DemoLanguageModel(CausalLm model, ObjectNode tokenizer) {
  /** What begins, ends and fills its texts; their ids are 0, 1 and 2. */
  static final List<String> MARKS = List.of("<s>", "</s>", "<pad>");

  private static final int VOCABULARY_TEXTS = 3000;
  private static final int VOCABULARY_PROMPTS = 300;

  /** The architecture: Llama's in every respect but its size. */
  static ObjectNode config() {
    try (InputStream in = DemoLanguageModel.class.getResourceAsStream("demo-model.json")) {
      return (ObjectNode) Json.MAPPER.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("demo-model.json cannot be read", e);
    }
  }

  /**
   * The vocabulary of the demo world. Alpaca's prompts are among what it is learnt from, so that they are short
   * in tokens; the model itself never meets them before it is tuned.
   */
  static ObjectNode trainTokenizer(WorldText world) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < VOCABULARY_TEXTS; i++) {
      texts.add(world.text(i));
    }
    DemoInstructions.training(VOCABULARY_PROMPTS).forEach(task -> texts.add(task.prompt()));
    return new ByteLevelTrainer(MARKS, config().path("vocab_size").asInt()).train(texts);
  }

  /** Writes everything of the tokeniser into a folder. */
  static void writeTokenizer(ObjectNode tokenizer, Path folder) throws IOException {
    ByteLevelTrainer.write(tokenizer, folder);
    write(folder.resolve("tokenizer_config.json"), Json.MAPPER.createObjectNode()
        .put("tokenizer_class", "PreTrainedTokenizerFast").put("bos_token", MARKS.get(0))
        .put("eos_token", MARKS.get(1)).put("pad_token", MARKS.get(2)).put("add_bos_token", true)
        .put("clean_up_tokenization_spaces", false).put("model_max_length", 512));
  }

  /**
   * Writes the model as Hugging Face lays models out, float16.
   *
   * @param folder what to make; it must not exist, or be empty
   * @throws UserException when it cannot be written
   */
  public void write(Path folder) {
    try (PendingFolder pending = PendingFolder.beside(folder)) {
      fill(pending.path());
      pending.moveIntoPlace();
    } catch (IOException e) {
      throw new UserException("The demo language model cannot be written to " + folder + ": " + FileFaults.reason(e)
          + ". Choose another folder with «output».", e);
    }
  }

  private void fill(Path folder) throws IOException {
    writeTokenizer(tokenizer, folder);
    ObjectNode config = config();
    write(folder.resolve("config.json"), config);
    ObjectNode generation = Json.MAPPER.createObjectNode();
    generation.setAll(config.deepCopy().retain("bos_token_id", "eos_token_id", "pad_token_id"));
    write(folder.resolve("generation_config.json"), generation);
    WeightWriter.write(folder.resolve("model.safetensors"), TextWeights.ofModel(model), ElementType.FLOAT16);
  }

  private static void write(Path file, JsonNode json) throws IOException {
    PendingFile.replace(file, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}
