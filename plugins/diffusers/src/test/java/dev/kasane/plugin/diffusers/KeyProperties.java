package dev.kasane.plugin.diffusers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.diffusion.checkpoint.KnownBase;
import dev.kasane.core.spi.AdapterKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.StringLength;

/** Every layer of SDXL under every spelling that there was, and keys that no one has thought of. */
class KeyProperties {
  private static final Map<String, Collection<String>> LAYERS = KnownBase.SDXL.layers();
  private static final PipelineLayers TABLE = new PipelineLayers(LAYERS);

  @Property(tries = 500)
  void everySpellingNamesItsLayer(@ForAll("places") String[] place, @ForAll("spellings") String spelling) {
    String key = place[0] + "." + String.format(spelling, place[1]);
    assertThat(DiffusersKey.parse(key)).get().satisfies(parsed -> {
      assertThat(parsed.component()).isEqualTo(place[0]);
      assertThat(TABLE.find(parsed.component(), parsed.path())).contains(place[1]);
      assertThat(parsed.parameter()).isEqualTo(key.contains("alpha") ? "alpha"
          : key.contains("_A.") || key.contains("down.") ? "lora_down.weight" : "lora_up.weight");
    });
    assertThat(DiffusersKey.describe(key)).get().extracting(AdapterKey::sign)
        .isEqualTo(key.contains("alpha") ? AdapterKey.Sign.NONE : AdapterKey.Sign.LIKELY);
  }

  @Property(tries = 500)
  void earlyAttentionNamesItsProjection(@ForAll("attention") String[] place,
      @ForAll("prefixes") String prefix, @ForAll boolean up) {
    String path = place[1];
    String head = path.substring(0, path.replace(".to_out.0", ".to_out").lastIndexOf('.'));
    String projection = path.substring(head.length() + 1).replace("to_out.0", "to_out");
    String key = prefix + head + ".processor." + projection + "_lora." + (up ? "up" : "down") + ".weight";
    assertThat(DiffusersKey.parse(key)).contains(
        new DiffusersKey("unet", path, up ? "lora_up.weight" : "lora_down.weight",
            prefix + head + ".processor." + projection));
  }

  @Property(tries = 200)
  void noKeyIsTooStrange(@ForAll @StringLength(max = 40) String key) {
    assertThat(new MangledKeys(TABLE).of(key)).isNotBlank();
    assertThat(new MangledKeys(TABLE).of("unet." + key + ".lora_A.weight")).isNotBlank();
  }

  @Provide
  Arbitrary<String[]> places() {
    List<String[]> places = new ArrayList<>();
    LAYERS.forEach((part, paths) -> paths.forEach(path -> places.add(new String[] {part, path})));
    return Arbitraries.of(places);
  }

  @Provide
  Arbitrary<String[]> attention() {
    return places().filter(place -> place[1].contains(".attn"));
  }

  @Provide
  Arbitrary<String> prefixes() {
    return Arbitraries.of("", "unet.");
  }

  @Provide
  Arbitrary<String> spellings() {
    return Arbitraries.of("%s.lora_A.weight", "%s.lora_B.weight", "%s.lora_A.default.weight",
        "%s.lora_B.my-adapter.weight", "%s.lora.down.weight", "%s.lora.up.weight",
        "%s.lora_linear_layer.down.weight", "%s.lora_linear_layer.up.weight", "%s.alpha", "%s.lora.alpha");
  }
}
