package dev.kasane.text.family;

import dev.kasane.core.ModelConfig;
import dev.kasane.text.model.DecoderConfig;
import java.util.List;

/** Llama 1 to 3 (Touvron et al. 2023; Dubey et al. 2024), OpenLLaMA, TinyLlama. */
final class LlamaFamily implements Family {
  @Override
  public List<String> architectures() {
    return List.of("LlamaForCausalLM", "LLaMAForCausalLM");
  }

  @Override
  public List<String> modelTypes() {
    return List.of("llama");
  }

  @Override
  public DecoderConfig read(ModelConfig json) {
    boolean bias = json.flag("attention_bias", false);
    return new LlamaLike("llama", bias, bias, LlamaLike.noWindows(json)).read(json);
  }
}
