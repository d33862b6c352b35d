package dev.kasane.app.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import java.nio.file.Path;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterReferenceTest {
  @ParameterizedTest
  @CsvSource({
    "style.safetensors, style.safetensors, 1",
    "style.safetensors:0.8, style.safetensors, 0.8",
    "style.safetensors:-1, style.safetensors, -1",
    "style.safetensors:0, style.safetensors, 0",
    "style.safetensors:.5, style.safetensors, 0.5",
    "style.safetensors:1e-1, style.safetensors, 0.1",
    "C:\\loras\\style.safetensors, C:\\loras\\style.safetensors, 1",
    "C:\\loras\\style.safetensors:0.7, C:\\loras\\style.safetensors, 0.7",
    "C:7, C:7, 1",
    "v1:final.safetensors, v1:final.safetensors, 1",
    "style:2:1, style:2, 1",
    "style.safetensors:nan, style.safetensors:nan, 1"
  })
  void splitsFileFromWeight(String text, String file, double weight) {
    assertThat(AdapterReference.parse(text)).isEqualTo(new AdapterReference(Path.of(file), weight));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "style.safetensors:", "style.safetensors:1e9"})
  void refusesWhatIsNeither(String text) {
    assertThatThrownBy(() -> AdapterReference.parse(text)).isInstanceOf(UserException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @Property(tries = 300)
  void readsItsOwnWriting(
      @ForAll @NotEmpty String name, @ForAll @DoubleRange(min = -1000, max = 1000) double weight) {
    String file = "folder/" + name.replace("\0", "");
    AdapterReference reference = new AdapterReference(Path.of(file), weight);
    Assume.that(!reference.file().toString().endsWith(":"));

    assertThat(AdapterReference.parse(reference.toString())).isEqualTo(reference);
  }

  @ParameterizedTest
  @CsvSource({"a/style.safetensors, style", "a/.hidden, .hidden", "style, style"})
  void isKnownByItsName(String file, String name) {
    assertThat(new AdapterReference(Path.of(file), 1).name()).isEqualTo(name);
  }
}
