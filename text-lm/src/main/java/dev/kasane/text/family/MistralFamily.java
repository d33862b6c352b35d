package dev.kasane.text.family;

import dev.kasane.core.ModelConfig;
import dev.kasane.text.model.DecoderConfig;
import java.util.Collections;
import java.util.List;

/** Mistral (Jiang et al. 2023): Llama with a sliding window in every layer, where one is set. */
final class MistralFamily implements Family {
  @Override
  public List<String> architectures() {
    return List.of("MistralForCausalLM");
  }

  @Override
  public List<String> modelTypes() {
    return List.of("mistral");
  }

  @Override
  public DecoderConfig read(ModelConfig json) {
    int window = json.has("sliding_window") ? json.integer("sliding_window") : 0;
    List<Integer> windows = Collections.nCopies(json.integer("num_hidden_layers"), window);
    return new LlamaLike("mistral", false, false, windows).read(json);
  }
}
