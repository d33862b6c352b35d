package dev.kasane.core.injection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.Linear;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetSelectorTest {
  private static final String BLOCK = "down_blocks.0.attentions.0.transformer_blocks.0.";
  private static final List<String> LINEAR = List.of(
      BLOCK + "attn1.to_q", BLOCK + "attn1.to_k", BLOCK + "attn1.to_v", BLOCK + "attn1.to_out.0",
      BLOCK + "attn2.to_k", BLOCK + "ff.net.0.proj", BLOCK + "ff.net.2", "time_embedding.linear_1",
      "text_model.encoder.layers.1.self_attn.q_proj", "text_model.encoder.layers.1.self_attn.out_proj",
      "text_model.encoder.layers.11.mlp.fc1", "gpt_neox.layers.3.attention.query_key_value",
      "gpt_neox.layers.3.attention.dense", "gpt_neox.layers.3.mlp.dense_4h_to_h",
      "model.layers.0.self_attn.o_proj", "model.layers.0.mlp.gate_proj", "transformer.h.0.attn.c_proj",
      "lm_head", "embed_out");
  private static final List<String> CONVOLUTIONS = List.of("mid_block.proj_in", "mid_block.resnets.0.conv1");

  private static Set<String> pick(List<String> include, List<String> exclude) {
    Map<String, AdaptableLayer> layers = new LinkedHashMap<>();
    LINEAR.forEach(path -> layers.put(path, new Linear(1, 1, false)));
    CONVOLUTIONS.forEach(path -> layers.put(path, new Conv2d(1, 1, 1, 1, 0)));
    return TargetSelector.of(include, exclude).select(layers).keySet();
  }

  private static Set<String> pick(String... include) {
    return pick(List.of(include), List.of());
  }

  @ParameterizedTest
  @CsvSource({"attn-qkv,6", "attn,11", "attn-mlp,16", "all-linear,17", "full,19"})
  void presetsGrow(String preset, int layers) {
    assertThat(pick(preset)).hasSize(layers);
  }

  @Test
  void presetsKnowTheNamesOfEveryFamily() {
    assertThat(pick("attn-qkv")).contains(BLOCK + "attn2.to_k", "text_model.encoder.layers.1.self_attn.q_proj",
        "gpt_neox.layers.3.attention.query_key_value");
    assertThat(pick("attn")).contains(BLOCK + "attn1.to_out.0", "gpt_neox.layers.3.attention.dense",
        "text_model.encoder.layers.1.self_attn.out_proj", "transformer.h.0.attn.c_proj");
    assertThat(pick("attn-mlp")).contains(BLOCK + "ff.net.2", "gpt_neox.layers.3.mlp.dense_4h_to_h")
        .doesNotContain("time_embedding.linear_1");
    assertThat(pick("all-linear")).contains("time_embedding.linear_1").doesNotContain("lm_head", "embed_out")
        .doesNotContainAnyElementsOf(CONVOLUTIONS);
    assertThat(pick("full")).containsAll(CONVOLUTIONS).doesNotContain("lm_head");
    assertThat(pick(List.of(), List.of())).isEqualTo(pick("attn"));
  }

  @Test
  void namesMatchAtADotOnly() {
    assertThat(pick("to_k")).containsExactly(BLOCK + "attn1.to_k", BLOCK + "attn2.to_k");
    assertThat(pick("attn2.to_k")).containsExactly(BLOCK + "attn2.to_k");
    assertThat(pick("to_out.0")).containsExactly(BLOCK + "attn1.to_out.0");
    assertThat(pick("lm_head")).containsExactly("lm_head");
    assertThatThrownBy(() -> pick("o_k")).isInstanceOf(UserException.class);
  }

  @Test
  void regularExpressionsMatchTheWholePath() {
    assertThat(pick("text_model\\.encoder\\.layers\\.1\\..*")).hasSize(2);
    assertThat(pick("re:mid_block.proj_in")).containsExactly("mid_block.proj_in");
    assertThatThrownBy(() -> pick("layers\\.1")).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> pick("to_(q")).isInstanceOf(UserException.class)
        .hasMessageContaining("to_(q").hasMessageContaining("no regular expression");
  }

  @Test
  void excludesAndKeepsTheModelsOrder() {
    assertThat(pick(List.of("to_v", "to_q", "to_k"), List.of("attn2.to_k")))
        .containsExactly(BLOCK + "attn1.to_q", BLOCK + "attn1.to_k", BLOCK + "attn1.to_v");
    assertThatThrownBy(() -> pick(List.of("to_q"), List.of("attn-qkv")))
        .isInstanceOf(UserException.class).hasMessageContaining("excludes them all");
  }

  @Test
  void everyWordMustMatch() {
    assertThatThrownBy(() -> pick("to_q", "to_qq")).isInstanceOf(UserException.class)
        .hasMessageContaining("'to_qq'").hasMessageContaining("to_q,").hasMessageContaining("attn-mlp");
    assertThatThrownBy(() -> pick(List.of("to_q"), List.of("attn3"))).isInstanceOf(UserException.class)
        .hasMessageContaining("'attn3'");
    assertThatThrownBy(() -> pick(" ")).isInstanceOf(UserException.class).hasMessageContaining("empty");
  }

  private static Set<String> pickIn(Set<Integer> numbers, String... lists) {
    Map<String, AdaptableLayer> layers = new LinkedHashMap<>();
    LINEAR.forEach(path -> layers.put(path, new Linear(1, 1, false)));
    return TargetSelector.of(List.of("all-linear"), List.of()).inLayers(numbers, List.of(lists)).select(layers)
        .keySet();
  }

  @Test
  void layersArePickedByNumber() {
    assertThat(pickIn(Set.of(3))).containsExactly("gpt_neox.layers.3.attention.query_key_value",
        "gpt_neox.layers.3.attention.dense", "gpt_neox.layers.3.mlp.dense_4h_to_h");
    assertThat(pickIn(Set.of(0, 11), "h", "enc.*layers"))
        .containsExactly("text_model.encoder.layers.11.mlp.fc1", "transformer.h.0.attn.c_proj");
    assertThat(pickIn(Set.of())).isEqualTo(pick("all-linear"));
    assertThatThrownBy(() -> pickIn(Set.of(99))).isInstanceOf(UserException.class)
        .hasMessageContaining("layers [99]");
    assertThatThrownBy(() -> pickIn(Set.of(0), "blocks")).isInstanceOf(UserException.class)
        .hasMessageContaining("layers [0] of a list named blocks");
    assertThatThrownBy(() -> pickIn(Set.of(3, 99))).isInstanceOf(UserException.class)
        .hasMessageContaining("nothing in layers [99]");
  }

  private static List<String> namesIn(Set<Integer> numbers, List<String> exclude) {
    Map<String, AdaptableLayer> layers = new LinkedHashMap<>();
    List.of("h.0.a", "h.0.b.c", "h.1.a", "h.1.b.c", "h.2.a").forEach(path ->
        layers.put("model." + path, new Linear(1, 1, false)));
    return TargetSelector.of(List.of("all-linear"), exclude).inLayers(numbers, List.of("h")).namesWithinLayers(layers);
  }

  @Test
  void namesWithinLayersPickTheSame() {
    assertThat(namesIn(Set.of(0, 1), List.of())).containsExactly("a", "b.c");
    assertThat(namesIn(Set.of(0, 1), List.of("b.c"))).containsExactly("a");
    assertThat(namesIn(Set.of(0, 1), List.of("model.h.1.a"))).as("no list of names says that").isEmpty();
    assertThat(namesIn(Set.of(), List.of())).isEmpty();
  }
}
