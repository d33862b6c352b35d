package dev.kasane.plugin.kohya;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.checkpoint.AdapterFile;
import dev.kasane.core.checkpoint.AdapterFileWriter;
import dev.kasane.core.spi.AdapterModule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learned words that travel in the same file: {@code bundle_emb.word.string_to_param.*} for the only text
 * encoder, {@code bundle_emb.word.clip_l} and {@code clip_g} for the two of SDXL.
 */
final class BundledWords {
  private static final Pattern KEY =
      Pattern.compile("bundle_emb\\.(.+)\\.(string_to_param\\.\\*|emb_params|clip_l|clip_g)");

  private final AdapterFile file;
  private final NDManager scope;
  private final Map<String, AdapterModule> words = new LinkedHashMap<>();

  BundledWords(AdapterFile file, NDManager scope) {
    this.file = file;
    this.scope = scope;
  }

  /** Reads a key if it is one of these and not a second value for the same word. */
  boolean take(String key) {
    Matcher matcher = KEY.matcher(key);
    if (!matcher.matches()) {
      return false;
    }
    Map<String, NDArray> tensors = words.computeIfAbsent(matcher.group(1),
        word -> new AdapterModule(word, new LinkedHashMap<>(), Map.of())).tensors();
    String encoder = matcher.group(2).equals("clip_g") ? Prefixes.TEXT_ENCODER_2 : Prefixes.TEXT_ENCODER;
    return !tensors.containsKey(encoder) && tensors.put(encoder, file.read(key, scope)) == null;
  }

  List<AdapterModule> modules() {
    return List.copyOf(words.values());
  }

  /** Writes a word. */
  static void write(AdapterModule word, AdapterFileWriter writer) {
    String key = "bundle_emb." + word.path() + ".";
    NDArray first = word.tensors().get(Prefixes.TEXT_ENCODER);
    NDArray second = word.tensors().get(Prefixes.TEXT_ENCODER_2);
    if (second == null && first != null) {
      writer.add(key + "string_to_param.*", first);
      return;
    }
    if (first != null) {
      writer.add(key + "clip_l", first);
    }
    if (second != null) {
      writer.add(key + "clip_g", second);
    }
  }
}
