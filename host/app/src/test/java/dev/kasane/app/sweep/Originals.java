package dev.kasane.app.sweep;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.core.UserException;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Module;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Small sound files of every method in every format that can hold it, and some that other tools wrote. */
final class Originals {
  private static final String ATTENTION = "mid_block.attentions.0.transformer_blocks.0.attn2.";
  private static final List<String> UNET = List.of(ATTENTION + "to_k", ATTENTION + "to_out.0",
      "mid_block.resnets.0.conv1", "mid_block.attentions.0.proj_in");
  private static final List<String> TEXT = List.of("text_model.encoder.layers.0.mlp.fc1");
  private static final List<String> NORMS = List.of("mid_block.resnets.0.norm1");
  private static final List<String> LANGUAGE =
      List.of("model.layers.0.self_attn.q_proj", "model.layers.0.mlp.up_proj");
  /** Options that make another kind of file, by method. */
  private static final Map<String, List<Map<String, String>>> KINDS = Map.of(
      "lora", List.of(Map.of(), Map.of("use-dora", "true")),
      "dora", List.of(Map.of(), Map.of("use-tucker", "true"), Map.of("wd-on-output", "false")),
      "loha", List.of(Map.of(), Map.of("use-tucker", "true"), Map.of("dora-wd", "true")),
      "lokr", List.of(Map.of(), Map.of("use-tucker", "true"), Map.of("dora-wd", "true")),
      "ia3", List.of(Map.of(), Map.of("train-on-input", "true")),
      "diag-oft", List.of(Map.of(), Map.of("rescaled", "true", "constraint", "0.5")));

  private final PluginHost plugins;
  private final Path folder;
  private final List<TestFile> files = new ArrayList<>();
  private final List<Pickle> pickles = new ArrayList<>();

  /**
   * What PyTorch wrote.
   *
   * @param bytes the file
   * @param entries the contents of the archive that it is
   */
  record Pickle(byte[] bytes, Map<String, byte[]> entries) {
    static Pickle read(Path file) throws IOException {
      Map<String, byte[]> entries = new LinkedHashMap<>();
      try (ZipFile zip = new ZipFile(file.toFile())) {
        for (ZipEntry entry : zip.stream().toList()) {
          entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
        }
      }
      return new Pickle(Files.readAllBytes(file), entries);
    }
  }

  Originals(PluginHost plugins, Path folder) {
    this.plugins = plugins;
    this.folder = folder;
  }

  List<TestFile> files() {
    return files;
  }

  List<Pickle> pickles() {
    return pickles;
  }

  /** Writes an adapter of every method for a model of pictures. */
  void addImage(Module unet, Module text) throws IOException {
    for (AdapterMethod method : plugins.methods()) {
      for (Map<String, String> options : KINDS.getOrDefault(method.id(), List.of(Map.of()))) {
        try (NDManager scope = Engines.newManager(); GradMode off = GradMode.off()) {
          Map<String, List<AdapterModule>> components = new LinkedHashMap<>();
          components.put("unet", modules(method, options, unet, method.id().equals("norm") ? NORMS : UNET, scope));
          components.put("text_encoder", modules(method, options, text, TEXT, scope));
          components.values().removeIf(List::isEmpty);
          add(components, Set.of("kohya", "diffusers", "peft"));
          long width = text.restorableLayers().get("text_model.encoder.layers.0.self_attn.q_proj").inputs();
          components.put(AdapterModel.EMBEDDINGS, List.of(new AdapterModule("<ink>", Map.of(
              "text_encoder", Ops.randomNormal(scope, new Shape(2, width))), Map.of())));
          add(components, Set.of("kohya"));
          components.keySet().removeIf(component -> !component.equals(AdapterModel.EMBEDDINGS));
          add(components, Set.of("textual-inversion"));
        }
      }
    }
  }

  /** Writes an adapter of every method for a language model. */
  void addLanguage(String component, Module model) throws IOException {
    for (AdapterMethod method : plugins.methods()) {
      try (NDManager scope = Engines.newManager(); GradMode off = GradMode.off()) {
        Map<String, List<AdapterModule>> components = new LinkedHashMap<>();
        components.put(component, modules(method, Map.of(), model, LANGUAGE, scope));
        components.values().removeIf(List::isEmpty);
        add(components, Set.of("peft"));
      }
    }
  }

  /** Takes files that other tools wrote; folders are PEFT's. */
  void addWritten(Path written) throws IOException {
    String name = written.getFileName().toString();
    if (name.endsWith(".pt") || name.endsWith(".bin")) {
      pickles.add(Pickle.read(written));
    } else {
      files.add(TestFile.read(written));
    }
  }

  private static List<AdapterModule> modules(AdapterMethod method, Map<String, String> options, Module root,
      List<String> paths, NDManager scope) {
    List<AdapterModule> modules = new ArrayList<>();
    for (String path : paths) {
      AdaptableLayer layer = root.restorableLayers().get(path);
      if (layer != null && method.supports(layer)) {
        modules.add(random(method.prepare(options(method, options)).attach(layer, scope).saved(), scope));
      }
    }
    return modules;
  }

  private static AdapterOptions options(AdapterMethod method, Map<String, String> wanted) {
    Map<String, String> given = new LinkedHashMap<>(wanted);
    boolean ranked = method.options().stream().map(AdapterOption::name).anyMatch("rank"::equals);
    if (ranked && !method.id().contains("oft")) {
      given.put("rank", "2");
    }
    return AdapterOptions.of(method, given);
  }

  /** Fresh adapters are zero, on which most sums would agree by chance. */
  private static AdapterModule random(AdapterModule fresh, NDManager scope) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    fresh.tensors().forEach((name, tensor) -> tensors.put(name, Ops.typeOf(tensor).isFloating()
        ? Ops.randomNormal(scope, tensor.getShape()).mul(0.1f) : tensor));
    return new AdapterModule(fresh.path(), tensors, fresh.constants());
  }

  private void add(Map<String, List<AdapterModule>> components, Set<String> formats) throws IOException {
    AdapterModel model = new AdapterModel(components, List.of(), Map.of("ss_network_dim", "2"));
    for (AdapterFormat format : plugins.formats()) {
      if (formats.contains(format.id()) && !components.isEmpty()) {
        Path file = Files.createTempDirectory(folder, "original")
            .resolve(format.writesFolders() ? "folder" : "file.safetensors");
        try {
          format.write(model, file, ElementType.FLOAT32);
          files.add(TestFile.read(oneFile(file)));
        } catch (UserException cannotHold) {
          continue;
        }
      }
    }
  }

  /** PEFT keeps the parts of an image model in folders of their own; one is enough. */
  private static Path oneFile(Path written) {
    return Files.isDirectory(written.resolve("unet")) ? written.resolve("unet") : written;
  }
}
