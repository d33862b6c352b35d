package dev.kasane.plugin.peft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WrapperNamesTest {
  private static final String MEANT = "base_model.model.model.layers.0.q.lora_A.weight";
  private static final Map<String, Collection<String>> BASE = Map.of("model", List.of("model.layers.0.q", "module.x"));
  private final PeftFormat format = new PeftFormat();

  @ParameterizedTest
  @ValueSource(strings = {
      "module.base_model.model.model.layers.0.q.lora_A.weight",
      "_orig_mod.base_model.model.model.layers.0.q.lora_A.weight",
      "base_model.model._orig_mod.model.layers.0.q.lora_A.weight",
      "_fsdp_wrapped_module.base_model.model.model.layers.0._fsdp_wrapped_module.q.lora_A.weight",
      "base_model.model.model.layers.0._checkpoint_wrapped_module.q.lora_A.weight",
      "_forward_module.module.base_model.model.model.layers.0.q.lora_A.weight",
      "base_model.model.base_model.model.model.layers.0.q.lora_A.weight",
      "module._orig_mod.base_model.base_model.model.model.layers._fsdp_wrapped_module.0.q.lora_A.weight"})
  void namesOfWrappersAreTakenOut(String key) {
    assertThat(format.repair(Set.of(key), BASE)).contains(Map.of(key, MEANT));
    assertThat(format.recognise(Set.of(key))).isNotEmpty();
  }

  @Test
  void whatIsNotCertainIsLeft() {
    assertThat(format.repair(Set.of(MEANT), BASE)).isEmpty();
    assertThat(format.repair(Set.of("module." + MEANT, MEANT), BASE)).as("two would be one").isEmpty();
    assertThat(format.repair(Set.of("module." + MEANT, "module.base_model.model.other.q.lora_A.weight"), BASE))
        .as("one of them fits no layer").isEmpty();
  }

  @Provide
  Arbitrary<String> keys() {
    return Arbitraries.of("module", "_orig_mod", "_fsdp_wrapped_module", "base_model", "model", "layers", "0", "q",
        "lora_A", "weight", "", "modulex", "_orig_mod_x").list().ofMaxSize(9).map(parts -> String.join(".", parts));
  }

  @Property
  void unwrappingAgainChangesNothing(@ForAll("keys") String key) {
    String unwrapped = WrapperNames.unwrapped(key);
    assertThat(WrapperNames.unwrapped(unwrapped)).isEqualTo(unwrapped);
    assertThat(unwrapped.length()).isLessThanOrEqualTo(key.length());
  }
}
