package dev.kasane.diffusion.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.ShardedSource;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.diffusion.scheduler.SchedulerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A base model as diffusers saves it: a folder with a folder for each part. */
final class DiffusersLayout implements BaseLayout {
  static final String INDEX = "model_index.json";
  static final String SCHEDULER = "scheduler/scheduler_config.json";
  static final String TOKENIZER = "tokenizer";
  private static final Set<String> PIPELINES = Set.of("StableDiffusionPipeline",
      "StableDiffusionImg2ImgPipeline", "StableDiffusionInpaintPipeline");
  private static final String ANATOMY = "A base folder holds model_index.json, " + SCHEDULER
      + ", tokenizer/vocab.json and merges.txt, and in each of unet, vae and text_encoder a config.json and"
      + " the weights (diffusion_pytorch_model.safetensors, for the text encoder model.safetensors).";

  private final Path folder;
  private final UnaryOperator<TensorSource> view;
  private final Map<BasePart, Path> weights = new EnumMap<>(BasePart.class);
  private final Map<BasePart, TensorSource> opened = new EnumMap<>(BasePart.class);

  private DiffusersLayout(Path folder, UnaryOperator<TensorSource> view) {
    this.folder = folder;
    this.view = view;
  }

  /**
   * Looks a folder over.
   *
   * @param view makes of a file's tensors those to read
   * @throws UserException that lists everything that is missing, or says that it is another kind of model
   */
  static DiffusersLayout open(Path folder, Optional<String> variant, UnaryOperator<TensorSource> view) {
    requireIndex(folder);
    DiffusersLayout layout = new DiffusersLayout(folder, view);
    List<String> missing = new ArrayList<>();
    requireFile(folder.resolve(SCHEDULER), missing);
    for (BasePart part : BasePart.values()) {
      requireFile(folder.resolve(part.folder()).resolve("config.json"), missing);
      WeightFiles files = new WeightFiles(folder, part);
      files.find(variant).ifPresentOrElse(file -> layout.weights.put(part, file), () ->
          missing.add(part.folder() + "/" + String.join(" or ", files.names())));
    }
    if (!missing.isEmpty()) {
      List<String> details = new ArrayList<>(missing.stream().map(each -> "  " + each).toList());
      details.add(ANATOMY);
      throw new UserException("The base model in " + folder + " is incomplete. Missing:", details, null);
    }
    variant.ifPresent(layout::requireVariant);
    return layout;
  }

  private static void requireIndex(Path folder) {
    Path index = folder.resolve(INDEX);
    if (!Files.isRegularFile(index)) {
      throw new UserException(folder + " is no base model in diffusers' layout: it has no " + INDEX + ". "
          + ANATOMY + " A base model in one file (.safetensors, .ckpt) is named by the file itself.");
    }
    String found = JsonFiles.read(index).path("_class_name").asText("");
    if (!PIPELINES.contains(found)) {
      throw new UserException(index + " describes a " + (found.isEmpty() ? "pipeline without a name" : found)
          + "; this engine runs StableDiffusionPipeline, versions 1.x and 2.x.");
    }
  }

  private static void requireFile(Path file, List<String> missing) {
    if (!Files.isRegularFile(file)) {
      missing.add(file.getParent().getFileName() + "/" + file.getFileName());
    }
  }

  private void requireVariant(String variant) {
    boolean found = weights.keySet().stream()
        .anyMatch(part -> new WeightFiles(folder, part).findVariant(variant).isPresent());
    if (!found) {
      throw new UserException("The base model in " + folder + " has no variant '" + variant
          + "': none of its parts has weights such as diffusion_pytorch_model." + variant + ".safetensors.");
    }
  }

  @Override
  public JsonNode config(BasePart part) {
    return JsonFiles.read(configFile(part));
  }

  @Override
  public String configOrigin(BasePart part) {
    return configFile(part).toString();
  }

  private Path configFile(BasePart part) {
    return folder.resolve(part.folder()).resolve("config.json");
  }

  @Override
  public TensorSource tensors(BasePart part) {
    Section whole = new Section(source(part), "");
    return switch (part) {
      case UNET -> ((PartNames) name -> Optional.of(List.of(PartNames.Placed.as(name)))).view(whole);
      case VAE -> ((PartNames) VaeNames::placeDiffusers).view(whole);
      case TEXT_ENCODER -> new ClipNames().view(whole);
    };
  }

  private TensorSource source(BasePart part) {
    return opened.computeIfAbsent(part, each -> TensorSources.open(weights.get(each), view));
  }

  @Override
  public JsonNode schedulerJson() {
    return JsonFiles.read(folder.resolve(SCHEDULER));
  }

  @Override
  public SchedulerConfig scheduler() {
    return SchedulerConfig.read(folder.resolve(SCHEDULER));
  }

  @Override
  public Optional<Path> tokenizerFolder() {
    return Optional.of(folder.resolve(TOKENIZER)).filter(Files::isDirectory);
  }

  @Override
  public List<Path> weightFiles() {
    List<Path> files = new ArrayList<>();
    weights.forEach((part, file) -> {
      if (source(part) instanceof ShardedSource shards) {
        files.addAll(shards.files());
      } else {
        files.add(file);
      }
    });
    return files;
  }

  @Override
  public void close() {
    opened.values().forEach(TensorSource::close);
    opened.clear();
  }
}
