package dev.kasane.plugin.diffusers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.module.DeclaredWeight;
import dev.kasane.core.module.Module;
import dev.kasane.diffusion.clip.ClipConfig;
import dev.kasane.diffusion.clip.ClipTextModel;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.diffusion.unet.UNetConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** The parts of the tiny models, without weights. */
final class TinyBase {
  private static final Path FOLDER = Path.of(System.getProperty("kasane.root"),
      "unet-attention", "src", "test", "resources", "golden");

  private TinyBase() {}

  static Map<String, Module> parts() throws IOException {
    return parts("sd1-tiny");
  }

  static Map<String, Module> parts(String model) throws IOException {
    Map<String, Module> parts = new LinkedHashMap<>();
    parts.put("unet", new UNet2DConditionModel(UNetConfig.of(config(model, "unet"), model)));
    parts.put("text_encoder", new ClipTextModel(ClipConfig.of(config(model, "text_encoder"), model)));
    parts.values().forEach(DeclaredWeight::declare);
    return parts;
  }

  static Map<String, Collection<String>> layers() throws IOException {
    return layers(parts());
  }

  static Map<String, Collection<String>> layers(Map<String, Module> parts) {
    Map<String, Collection<String>> layers = new LinkedHashMap<>();
    parts.forEach((component, root) -> layers.put(component, root.adaptableLayers().keySet()));
    return layers;
  }

  private static JsonNode config(String model, String part) throws IOException {
    return new ObjectMapper().readTree(FOLDER.resolve(model).resolve(part).resolve("config.json").toFile());
  }
}
