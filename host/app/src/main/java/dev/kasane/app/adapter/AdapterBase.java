package dev.kasane.app.adapter;

import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.app.base.QuantisedBase;
import dev.kasane.app.inspect.AdapterContents;
import dev.kasane.app.inspect.BaseGuess;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.UserException;
import dev.kasane.core.module.DeclaredWeight;
import dev.kasane.core.module.Module;
import dev.kasane.diffusion.checkpoint.BaseCheckpoint;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.checkpoint.BasePart;
import dev.kasane.diffusion.checkpoint.KnownBase;
import dev.kasane.diffusion.clip.ClipConfig;
import dev.kasane.diffusion.clip.ClipTextModel;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.diffusion.unet.UNetConfig;
import dev.kasane.text.family.Families;
import dev.kasane.text.model.CausalLm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The layers that an adapter file is compared with.
 *
 * @param name how the user calls it
 * @param kind what kind of base it is, as far as that is known
 * @param components its parts, by the community's names; empty where only names of layers are known
 * @param layers the paths of its layers by component
 */
public record AdapterBase(
    String name, BaseGuess kind, Map<String, Module> components, Map<String, Collection<String>> layers) {
  private static final String LIVE = "the base";

  /** A base with these parts. */
  public static AdapterBase of(String name, BaseGuess kind, Map<String, Module> components) {
    Map<String, Collection<String>> layers = new LinkedHashMap<>();
    components.forEach((component, root) -> layers.put(component, root.restorableLayers().keySet()));
    return new AdapterBase(name, kind, components, layers);
  }

  /** An image model that is open. */
  public static AdapterBase of(ImageModel model) {
    return of(LIVE, BaseGuess.ofContextWidth(model.unet().config().crossAttentionWidth()), model.components());
  }

  /** A language model that is open. */
  public static AdapterBase of(CausalLm model) {
    return of(LIVE, BaseGuess.LLM, Map.of(CausalLm.COMPONENT, model));
  }

  /** A published base, without values. */
  public static AdapterBase of(KnownBase known) {
    BaseGuess kind = Arrays.stream(BaseGuess.values()).filter(each -> each.id().equals(known.id()))
        .findFirst().orElse(BaseGuess.UNKNOWN);
    return of(known.id(), kind, known.components());
  }

  /**
   * The base of a word.
   *
   * @param word {@code sd1}, {@code sd2}, {@code sdxl}, a checkpoint's file or folder, or the {@code config.json} of
   *     a U-Net or a language model, or a folder with that of a language model: weights are not needed
   * @throws UserException when there is no such base, or it is none that Kasane knows
   */
  public static AdapterBase named(String word) {
    Optional<KnownBase> known = KnownBase.of(word);
    if (known.isPresent()) {
      return of(known.get());
    }
    Path path = Path.of(word);
    if (!Files.exists(path)) {
      throw new UserException("There is no base '" + word + "'. Name one of "
          + Arrays.stream(KnownBase.values()).map(KnownBase::id).collect(Collectors.joining(", "))
          + ", demo, the file or folder of a checkpoint, or a model's config.json.");
    }
    return configuration(path).map(file -> described(word, file)).orElseGet(() -> checkpoint(word, path));
  }

  /** The {@code config.json} that a path names, or that a folder of a language model has. */
  private static Optional<Path> configuration(Path path) {
    if (Files.isDirectory(path)) {
      return Optional.of(path.resolve("config.json"))
          .filter(file -> Files.isRegularFile(file) && !JsonFiles.read(file).has("_class_name"));
    }
    return Optional.of(path).filter(file -> file.toString().endsWith(".json"));
  }

  private static AdapterBase described(String word, Path file) {
    JsonNode json = JsonFiles.read(file);
    Module model;
    BaseGuess kind;
    if (json.path("_class_name").asText().equals("UNet2DConditionModel")) {
      UNetConfig unet = UNetConfig.of(json, file.toString());
      model = new UNet2DConditionModel(unet);
      kind = BaseGuess.ofContextWidth(unet.crossAttentionWidth());
    } else {
      model = new CausalLm(Families.read(json, file.toString()), DataType.FLOAT32);
      kind = BaseGuess.LLM;
    }
    DeclaredWeight.declare(model);
    return of(word, kind, Map.of(kind == BaseGuess.LLM ? CausalLm.COMPONENT : ImageModel.UNET, model));
  }

  private static AdapterBase checkpoint(String word, Path path) {
    try (BaseCheckpoint checkpoint = BaseCheckpoint.open(path, BaseOptions.none(), QuantisedBase::read)) {
      UNetConfig unet = UNetConfig.of(
          checkpoint.config(BasePart.UNET), checkpoint.configOrigin(BasePart.UNET));
      Map<String, Module> parts = new LinkedHashMap<>();
      parts.put(ImageModel.UNET, new UNet2DConditionModel(unet));
      parts.put(ImageModel.TEXT_ENCODER, new ClipTextModel(ClipConfig.of(
          checkpoint.config(BasePart.TEXT_ENCODER), checkpoint.configOrigin(BasePart.TEXT_ENCODER))));
      parts.values().forEach(DeclaredWeight::declare);
      return of(word, BaseGuess.ofContextWidth(unet.crossAttentionWidth()), parts);
    }
  }

  /**
   * The base that a file was made for, as far as the file tells.
   *
   * @return nothing when it does not
   */
  public static Optional<AdapterBase> guessed(AdapterContents file) {
    BaseGuess guess = BaseGuess.of(file);
    return guess == BaseGuess.LLM ? Optional.of(ofNames(file)) : KnownBase.of(guess.id()).map(AdapterBase::of);
  }

  /** A language model of which nothing is known but the layers that the file itself names. */
  private static AdapterBase ofNames(AdapterContents file) {
    Set<String> paths = new TreeSet<>(file.layerNames());
    return new AdapterBase(BaseGuess.LLM.id(), BaseGuess.LLM, Map.of(), Map.of(CausalLm.COMPONENT, paths));
  }

  /** Every path that has a weight, norms and embeddings too, for reading without restoring. */
  public Map<String, Collection<String>> places() {
    Map<String, Collection<String>> places = new LinkedHashMap<>(layers);
    components.forEach((component, root) -> {
      Set<String> paths = new LinkedHashSet<>(layers.get(component));
      root.weightPlaces().keySet().stream().filter(name -> name.lastIndexOf('.') > 0)
          .forEach(name -> paths.add(name.substring(0, name.lastIndexOf('.'))));
      places.put(component, paths);
    });
    return places;
  }
}
