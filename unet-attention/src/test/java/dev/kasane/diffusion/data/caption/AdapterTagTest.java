package dev.kasane.diffusion.data.caption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterTagTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "a red house <lora:inkprint:0.8>|«adapter» \"inkprint.safetensors:0.8\"",
      "<lora:inkprint> a red house|«adapter» \"inkprint.safetensors:1\"",
      "<lora:my ink:-.5:0.3>|«adapter» \"my ink.safetensors:-.5\"",
      "<lyco:ink:te=1:unet=0.5>|«adapter» \"ink.safetensors:1\"",
      "x, < LoRA : ink : 1 >|«adapter» \"ink.safetensors:1\"",
      "<hypernet:ink:0.5>|Kasane has no hypernetworks"})
  void aTagIsRefusedWithWhatDoesTheSame(String prompt, String message) {
    assertThatThrownBy(() -> AdapterTag.requireNone(prompt)).isInstanceOf(UserException.class)
        .hasMessageContaining("<").hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a red house", "<s1> by <ink-1>", "a < b: c > d", "(lora:1.2)", "<lora>", "<lora:>",
      "lora:ink:1", "<explora:ink:1>"})
  void otherTextIsLeftAlone(String prompt) {
    assertThat(AdapterTag.requireNone(prompt)).isEqualTo(prompt);
  }

  @Test
  void manyOpenBracketsCostNothing() {
    assertThat(AdapterTag.in("<lora:".repeat(100_000))).isEmpty();
  }
}
