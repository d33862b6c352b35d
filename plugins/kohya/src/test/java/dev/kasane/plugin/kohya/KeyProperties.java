package dev.kasane.plugin.kohya;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.diffusion.checkpoint.KnownBase;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.StringLength;

/** Keys that no one has thought of, and keys that are mangled in every combination of known ways. */
class KeyProperties {
  private static final Map<String, Collection<String>> LAYERS = KnownBase.SDXL.layers();
  private static final KeyTable TABLE = new KeyTable(LAYERS);
  private static final KeyRepairs REPAIRS = new KeyRepairs(TABLE);
  private static final List<String> NAMES = new ArrayList<>();

  static {
    WrittenNames written = new WrittenNames(LAYERS.keySet(), false);
    LAYERS.forEach((component, paths) -> paths.forEach(path -> NAMES.add(written.of(component, path))));
  }

  @Property(tries = 300)
  void noKeyIsTooStrange(@ForAll @StringLength(max = 40) String key) {
    StrayKeys diagnosis = new StrayKeys(TABLE);
    assertThat(diagnosis.of("lora_unet_" + key)).isNotBlank();
    assertThat(diagnosis.of(key)).isNotBlank();
    assertThat(KeyRepairs.undo(KeyRepairs.undo(key))).isEqualTo(KeyRepairs.undo(key));
  }

  @Property(tries = 300)
  void everyMangledKeyFindsBack(@ForAll("names") String name, @ForAll boolean doubled,
      @ForAll("parameters") String parameter, @ForAll boolean joined) {
    String prefix = name.substring(0, name.indexOf('_', "lora_".length()) + 1);
    String part = prefix.equals("lora_unet_") ? "unet_" : "text_encoder_";
    String sound = name + "." + parameter;
    String mangled = (doubled ? prefix + part + name.substring(prefix.length()) : name)
        + (joined ? "_" : ".") + parameter;
    assertThat(REPAIRS.of(mangled)).isEqualTo(
        mangled.equals(sound) ? Optional.empty() : Optional.of(sound));
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.of(NAMES);
  }

  @Provide
  Arbitrary<String> parameters() {
    return Arbitraries.of("lora_up.weight", "lora_down.weight", "lora_mid.weight", "alpha", "dora_scale");
  }
}
