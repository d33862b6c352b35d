package dev.kasane.plugin.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.OptionPatterns;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.module.Module;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.diffusion.pipeline.ImageModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One case of {@code make_lora.py}: PEFT's settings, the adapter that it had, and what that adapter did. */
final class PeftCase {
  private static final String BASE = "sd1-tiny";
  private final String name;
  private final boolean text;
  private final ImageModel model;
  private final NDManager scope;

  PeftCase(String name, NDManager scope) {
    this.name = name;
    this.text = name.startsWith("te-");
    this.model = TinyBase.open(BASE, scope);
    this.scope = scope;
  }

  String component() {
    return text ? ImageModel.TEXT_ENCODER : ImageModel.UNET;
  }

  Module root() {
    return model.components().get(component());
  }

  /** The model's output for the inputs that all cases share. */
  NDArray output() {
    return text ? model.textEncoder().forward(input("text.ids"))
        : model.unet().forward(input("unet.sample"), input("unet.timesteps"),
            input("unet.encoder_hidden_states"));
  }

  NDArray baseOutput() {
    return input(text ? "text.last_hidden_state" : "unet.output");
  }

  private NDArray input(String key) {
    return TinyBase.tensor(BASE + "/expected.safetensors", key, scope);
  }

  NDArray expected(String key) {
    return TinyBase.tensor("lora/" + name + "-expected.safetensors", key, scope);
  }

  List<String> expectedKeys(String prefix) {
    try (TensorSource source = TinyBase.tensors("lora/" + name + "-expected.safetensors")) {
      return source.names().stream().filter(key -> key.startsWith(prefix)).toList();
    }
  }

  /** The name that the files give a layer. */
  String root(String path) {
    return (text ? "lora_te_" : "lora_unet_") + path.replace('.', '_');
  }

  /** Restores the saved adapter; every tensor of the file must find its place. */
  AdapterSet restore() {
    List<AdapterModule> modules = new ArrayList<>();
    try (TensorSource file = TinyBase.tensors("lora/" + name + ".safetensors")) {
      for (String path : root().adaptableLayers().keySet()) {
        String key = root(path) + ".";
        if (file.names().contains(key + "alpha")) {
          modules.add(new AdapterModule(path,
              Map.of(LoraNames.DOWN, file.read(key + LoraNames.DOWN, scope),
                  LoraNames.UP, file.read(key + LoraNames.UP, scope)),
              Map.of("alpha", (double) file.read(key + "alpha", scope).toFloatArray()[0])));
        }
      }
      if (modules.size() * 3 != file.names().size()) {
        throw new AssertionError(modules.size() + " layers found for " + file.names().size() + " tensors");
      }
    }
    Injector.Restored restored = Injector.restore(Map.of(component(), root()),
        new AdapterModel(Map.of(component(), modules), List.of(), Map.of()),
        List.of(new LoraMethod()), 1, scope);
    restored.report().requireComplete();
    return restored.set();
  }

  /** Attaches a fresh adapter by the settings that PEFT was given. */
  AdapterSet attachFresh() {
    JsonNode settings = TinyBase.json("lora/cases.json").get("cases").get(name);
    List<String> targets = new ArrayList<>();
    settings.get("target_modules").forEach(target -> targets.add(target.asText()));
    Map<String, Map<String, String>> patterns = new LinkedHashMap<>();
    patterns.put("rank", entries(settings.path("rank_pattern")));
    patterns.put("alpha", entries(settings.path("alpha_pattern")));
    return Injector.attachFresh(component(), root(), TargetSelector.of(targets, List.of()),
        new MethodChoice(new LoraMethod(), Map.of("rank", settings.get("r").asText(),
            "alpha", settings.get("lora_alpha").asText(), "use-rslora", settings.path("use_rslora").asText("false")),
            new OptionPatterns(patterns)), scope);
  }

  private static Map<String, String> entries(JsonNode object) {
    Map<String, String> entries = new LinkedHashMap<>();
    object.fields().forEachRemaining(entry -> entries.put(entry.getKey(), entry.getValue().asText()));
    return entries;
  }
}
