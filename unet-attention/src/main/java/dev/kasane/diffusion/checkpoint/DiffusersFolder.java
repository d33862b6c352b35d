package dev.kasane.diffusion.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.WeightWriter;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.PendingFolder;
import dev.kasane.core.files.SafeLinks;
import dev.kasane.core.tensor.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Writes a base model as a folder that diffusers and Kasane open. */
public final class DiffusersFolder {
  private static final List<String> TOKENIZER_FILES = List.of("vocab.json", "merges.txt",
      "special_tokens_map.json", "tokenizer_config.json", "added_tokens.json", "tokenizer.json");
  private static final int TOKENIZER_FILES_REQUIRED = 2;
  /** The format's version that every diffusers reads; configurations may say a later one. */
  private static final String DIFFUSERS_VERSION = "0.8.0";

  private DiffusersFolder() {}

  /**
   * A part's weights and configuration.
   *
   * @param weights tensors under diffusers or transformers names
   * @param config the content of its {@code config.json}
   */
  public record Part(TensorSource weights, JsonNode config) {}

  /**
   * All of a base model.
   *
   * @param parts every {@link BasePart}
   * @param tokenizerFolder a folder with {@code vocab.json} and {@code merges.txt}, which is copied
   * @param schedulerConfig the content of {@code scheduler_config.json}, with its {@code _class_name}
   */
  public record Contents(Map<BasePart, Part> parts, Path tokenizerFolder, JsonNode schedulerConfig) {
    /** Checks that nothing is missing. */
    public Contents {
      parts = new EnumMap<>(parts);
      if (parts.size() != BasePart.values().length) {
        throw new IllegalArgumentException("A base model has all of " + List.of(BasePart.values())
            + ", not only " + parts.keySet());
      }
    }

    /** The contents of an opened base model, for saving it in another layout or precision. */
    public static Contents of(BaseCheckpoint base) {
      Map<BasePart, Part> parts = new EnumMap<>(BasePart.class);
      for (BasePart part : BasePart.values()) {
        parts.put(part, new Part(base.tensors(part), base.config(part)));
      }
      return new Contents(parts, base.tokenizerFolder(), base.schedulerConfig());
    }
  }

  /**
   * Writes a new folder. It appears under its name when all of it has been written; if anything fails,
   * nothing is left behind.
   *
   * @param folder what to make; it must not exist, or be empty
   * @param contents the base model
   * @param precision stored type of the weights
   * @throws UserException when the folder exists with something in it, the tokeniser is incomplete or the
   *     disk refuses
   */
  public static void write(Path folder, Contents contents, ElementType precision) {
    requireFree(folder);
    try (PendingFolder pending = PendingFolder.beside(folder)) {
      fill(pending.path(), contents, precision);
      pending.moveIntoPlace();
    } catch (IOException e) {
      throw new UserException(folder + " could not be written: " + FileFaults.reason(e)
          + ". Nothing was left behind; mend that, or name another place.", e);
    }
  }

  private static void requireFree(Path target) {
    if (!Files.exists(target)) {
      return;
    }
    if (!Files.isDirectory(target) || !isEmpty(target)) {
      throw new UserException(target + " exists already. Name another folder, or remove this one.");
    }
  }

  private static boolean isEmpty(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      throw new UserException(folder + " cannot be listed: " + FileFaults.reason(e) + ".", e);
    }
  }

  private static void fill(Path folder, Contents contents, ElementType precision) throws IOException {
    for (Map.Entry<BasePart, Part> each : contents.parts().entrySet()) {
      Path place = Files.createDirectory(folder.resolve(each.getKey().folder()));
      Part part = each.getValue();
      ConfigJson.write(place.resolve("config.json"), part.config());
      WeightWriter.write(place.resolve(each.getKey().safetensorsStem() + ".safetensors"), part.weights(),
          precision);
    }
    copyTokenizer(contents.tokenizerFolder(),
        Files.createDirectory(folder.resolve(DiffusersLayout.TOKENIZER)));
    Path scheduler = folder.resolve(DiffusersLayout.SCHEDULER);
    Files.createDirectory(scheduler.getParent());
    ConfigJson.write(scheduler, contents.schedulerConfig());
    ConfigJson.write(folder.resolve(DiffusersLayout.INDEX), index(contents.schedulerConfig()));
  }

  private static void copyTokenizer(Path from, Path to) throws IOException {
    SafeLinks links = new SafeLinks(from);
    for (String name : TOKENIZER_FILES) {
      Path file = from.resolve(name);
      if (Files.isRegularFile(file)) {
        Files.copy(links.follow(file), to.resolve(name));
      } else if (TOKENIZER_FILES.indexOf(name) < TOKENIZER_FILES_REQUIRED) {
        throw new UserException("The tokeniser in " + from + " has no " + name + ".");
      }
    }
  }

  private static ObjectNode index(JsonNode scheduler) {
    ObjectNode index = ConfigJson.object()
        .put("_class_name", "StableDiffusionPipeline")
        .put("_diffusers_version", DIFFUSERS_VERSION)
        .put("requires_safety_checker", false);
    component(index, "feature_extractor", null, null);
    component(index, "safety_checker", null, null);
    component(index, "scheduler", "diffusers", scheduler.path("_class_name").asText("PNDMScheduler"));
    component(index, "text_encoder", "transformers", "CLIPTextModel");
    component(index, "tokenizer", "transformers", "CLIPTokenizer");
    component(index, "unet", "diffusers", "UNet2DConditionModel");
    component(index, "vae", "diffusers", "AutoencoderKL");
    return index;
  }

  private static void component(ObjectNode index, String name, String library, String type) {
    ArrayNode pair = index.putArray(name);
    pair.add(library).add(type);
  }
}
