package dev.kasane.plugin.kohya;

import dev.kasane.core.safetensors.SafetensorsFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Layer paths of real models, from the goldens of the diffusion module. */
final class BaseLayers {
  static final Path GOLDEN = Path.of(System.getProperty("kasane.root"),
      "unet-attention", "src", "test", "resources", "golden");
  private static final String WEIGHT = ".weight";

  private BaseLayers() {}

  /** The linear layers and convolutions of the full-size SD 1.5. */
  static Map<String, Collection<String>> sd15() throws IOException {
    Map<String, Collection<String>> layers = new LinkedHashMap<>();
    layers.put("unet", listed("sd15-unet.txt.gz"));
    layers.put("text_encoder", listed("sd15-text_encoder.txt.gz"));
    return layers;
  }

  /** The linear layers and convolutions of the tiny SD 1.x model. */
  static Map<String, Collection<String>> tiny() throws IOException {
    Map<String, Collection<String>> layers = new LinkedHashMap<>();
    layers.put("unet", stored(GOLDEN.resolve("sd1-tiny/unet"), ""));
    layers.put("text_encoder", stored(GOLDEN.resolve("sd1-tiny/text_encoder"), ""));
    return layers;
  }

  /** The U-Net's layers in the same model's original checkpoint. */
  static List<String> tinyOriginal() throws IOException {
    return layers(GOLDEN.resolve("sd1-tiny-original.safetensors"), "model.diffusion_model.");
  }

  private static List<String> listed(String name) throws IOException {
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(
        new GZIPInputStream(Files.newInputStream(GOLDEN.resolve("state-dicts").resolve(name))),
        StandardCharsets.UTF_8))) {
      return lines.lines().map(line -> line.split("\t"))
          .filter(fields -> isLayer(fields[0], fields[1].split(",").length))
          .map(fields -> fields[0].substring(0, fields[0].length() - WEIGHT.length())).toList();
    }
  }

  private static List<String> stored(Path folder, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      Path file = files.filter(each -> each.toString().endsWith(".safetensors")).findFirst().orElseThrow();
      return layers(file, prefix);
    }
  }

  private static List<String> layers(Path path, String prefix) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      return file.tensors().values().stream()
          .filter(entry -> entry.name().startsWith(prefix) && isLayer(entry.name(), entry.shape().length))
          .map(entry -> entry.name().substring(prefix.length(), entry.name().length() - WEIGHT.length()))
          .toList();
    }
  }

  private static boolean isLayer(String name, int dimensions) {
    return name.endsWith(WEIGHT) && !name.contains("embedding.weight")
        && (dimensions == 2 || dimensions == 4);
  }
}
