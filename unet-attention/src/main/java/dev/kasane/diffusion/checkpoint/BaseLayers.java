package dev.kasane.diffusion.checkpoint;

import dev.kasane.core.UserException;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.StoredLayers;
import dev.kasane.core.algebra.WeightFolder;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.checkpoint.TensorTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where the layers that adapters change lie in a base model's files: a diffusers folder, a part of one, or a
 * file in original names, of Stable Diffusion 1.x, 2.x or XL. Unlike {@link BaseCheckpoint} it asks for
 * nothing but weights: no configuration, no tokeniser, no autoencoder.
 */
public final class BaseLayers {
  private static final List<String> FOLDERS =
      List.of(KnownBase.UNET, KnownBase.TEXT_ENCODER, KnownBase.TEXT_ENCODER_2);
  private static final String UNET = BasePart.UNET.originalPrefix();
  private static final String FIRST_OF_XL = "conditioner.embedders.0.transformer.";
  private static final String SECOND_OF_XL = "conditioner.embedders.1.model.";
  private static final TensorTransform AS_STORED = new TensorTransform.Identity();
  private static final String PROJECTION = "text_projection";

  private BaseLayers() {}

  /**
   * Opens a base model.
   *
   * @return nothing when the files are of another kind of model
   * @throws UserException when they are missing or damaged
   */
  public static Optional<CheckpointLayers> open(Path root) {
    if (!Files.exists(root)) {
      throw new UserException("There is no base model " + root + ". Name a folder in diffusers' layout, or a"
          + " .safetensors or .ckpt file.");
    }
    StoredLayers layers = new StoredLayers();
    if (Files.isDirectory(root)) {
      FOLDERS.forEach(part -> WeightFolder.find(root.resolve(part)).ifPresent(file -> addPart(part, file, layers)));
    } else {
      addFile(root, layers);
    }
    return layers.isEmpty() ? Optional.empty() : Optional.of(layers.at(root));
  }

  private static void addPart(String component, Path file, StoredLayers layers) {
    try (TensorSource source = TensorSources.open(file)) {
      if (component.equals(KnownBase.UNET)) {
        addDiffusersUnet(source, layers);
      } else {
        addEncoder(component, source, "", new ClipNames(), layers);
        if (component.equals(KnownBase.TEXT_ENCODER_2)) {
          layers.addOne(component, source, PROJECTION + ".weight", PROJECTION, AS_STORED);
        }
      }
    }
  }

  private static void addDiffusersUnet(TensorSource source, StoredLayers layers) {
    layers.add(KnownBase.UNET, source, "",
        name -> List.of(new StoredLayers.Place(name, AS_STORED)));
  }

  private static void addFile(Path file, StoredLayers layers) {
    try (TensorSource source = TensorSources.open(file)) {
      Set<String> names = source.names();
      if (!new Section(source, UNET).isEmpty()) {
        addOriginal(source, layers);
      } else if (names.stream().anyMatch(name -> name.startsWith("down_blocks."))) {
        addDiffusersUnet(source, layers);
      } else if (names.stream().anyMatch(name -> name.startsWith("text_model.encoder."))) {
        addEncoder(KnownBase.TEXT_ENCODER, source, "", new ClipNames(), layers);
      }
    }
  }

  private static void addOriginal(TensorSource source, StoredLayers layers) {
    NameTable unet = UNetNames.of(UNetLayout.of(new Section(source, UNET)));
    layers.add(KnownBase.UNET, source, UNET, name -> unet.diffusers(name)
        .map(path -> List.of(new StoredLayers.Place(path, AS_STORED))).orElse(List.of()));
    layers.addOne(KnownBase.UNET, source, UNET + "label_emb.0.0.weight", "add_embedding.linear_1", AS_STORED);
    layers.addOne(KnownBase.UNET, source, UNET + "label_emb.0.2.weight", "add_embedding.linear_2", AS_STORED);
    addEncoder(KnownBase.TEXT_ENCODER, source, OriginalConfigs.CLIP, new ClipNames(), layers);
    addEncoder(KnownBase.TEXT_ENCODER, source, FIRST_OF_XL, new ClipNames(), layers);
    // The U-Net of version 2 listens to the last block but one, so the last is in no adapter.
    addOpenClip(KnownBase.TEXT_ENCODER, source, OriginalConfigs.OPEN_CLIP, 1, layers);
    addOpenClip(KnownBase.TEXT_ENCODER_2, source, SECOND_OF_XL, 0, layers);
    layers.addOne(KnownBase.TEXT_ENCODER_2, source, SECOND_OF_XL + PROJECTION, PROJECTION,
        new TensorTransform.Transpose());
  }

  private static void addOpenClip(String component, TensorSource source, String prefix, int unused,
      StoredLayers layers) {
    int blocks = new Section(source, prefix).count("transformer.resblocks");
    if (blocks > unused) {
      addEncoder(component, source, prefix, new OpenClipNames(blocks - unused), layers);
    }
  }

  private static void addEncoder(String component, TensorSource source, String prefix, PartNames names,
      StoredLayers layers) {
    layers.add(component, source, prefix, name -> {
      List<StoredLayers.Place> places = new ArrayList<>();
      names.place(name).orElse(List.of()).forEach(each -> places.add(placed(each)));
      return places;
    });
  }

  private static StoredLayers.Place placed(PartNames.Placed place) {
    return new StoredLayers.Place(place.name(), place.transform());
  }
}
