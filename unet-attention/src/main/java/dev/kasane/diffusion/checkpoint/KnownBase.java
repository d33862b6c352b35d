package dev.kasane.diffusion.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.family.BaseKind;
import dev.kasane.core.module.DeclaredWeight;
import dev.kasane.core.module.Module;
import dev.kasane.diffusion.clip.ClipConfig;
import dev.kasane.diffusion.clip.ClipTextModel;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.diffusion.unet.UNetConfig;
import dev.kasane.diffusion.unet.UNetConfig.AddedConditions;
import dev.kasane.diffusion.unet.UNetConfig.Latents;
import dev.kasane.diffusion.unet.UNetConfig.Level;
import dev.kasane.diffusion.unet.UNetConfig.Norms;
import dev.kasane.diffusion.unet.UNetConfig.Sinusoids;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The published base models, as far as adapters need them: which layers each has, of which shape. So adapter
 * files can be read, checked and converted without a base model at hand.
 */
public enum KnownBase implements BaseKind {
  /** Stable Diffusion 1.x. */
  SD1("sd1", "Stable Diffusion 1.x", unet(768, false)) {
    @Override
    void encoders(Map<String, Module> parts) {
      parts.put(TEXT_ENCODER, new ClipTextModel(CLIP_L));
    }
  },
  /** Stable Diffusion 2.x: OpenCLIP's ViT-H without its last layer. */
  SD2("sd2", "Stable Diffusion 2.x", unet(1024, true)) {
    @Override
    void encoders(Map<String, Module> parts) {
      parts.put(TEXT_ENCODER, new ClipTextModel(clip(1024, 23, 16, false)));
    }
  },
  /** Stable Diffusion XL: two text encoders, the second of which is OpenCLIP's ViT-bigG. */
  SDXL("sdxl", "Stable Diffusion XL", xlUnet()) {
    @Override
    void encoders(Map<String, Module> parts) {
      parts.put(TEXT_ENCODER, new ClipTextModel(CLIP_L));
      parts.put(TEXT_ENCODER_2, new ClipTextModel(clip(1280, 32, 20, false).withProjection(1280)));
    }
  };

  /** The name of the U-Net in adapters. */
  public static final String UNET = "unet";
  /** The name of the first text encoder in adapters. */
  public static final String TEXT_ENCODER = "text_encoder";
  /** The name of the second text encoder in adapters. */
  public static final String TEXT_ENCODER_2 = "text_encoder_2";

  private static final String WEIGHT = ".weight";
  private static final ClipConfig CLIP_L = clip(768, 12, 12, true);

  private static final Map<Long, KnownBase> BY_CONTEXT_WIDTH =
      Map.of(768L, SD1, 1024L, SD2, 2048L, SDXL, 1280L, SDXL);

  private final String id;
  private final String title;
  private final UNetConfig unet;

  KnownBase(String id, String title, UNetConfig unet) {
    this.id = id;
    this.title = title;
    this.unet = unet;
  }

  abstract void encoders(Map<String, Module> parts);

  @Override
  public String id() {
    return id;
  }

  @Override
  public String title() {
    return title;
  }

  /** The base whose cross-attention reads text of this width, or one of whose text encoders is so wide. */
  public static Optional<KnownBase> ofContextWidth(long width) {
    return Optional.ofNullable(BY_CONTEXT_WIDTH.get(width));
  }

  /** The same where any base will do. */
  public static BaseKind kind(long contextWidth) {
    return ofContextWidth(contextWidth).map(BaseKind.class::cast).orElse(UNKNOWN);
  }

  /** The base of a name, if it is one of these. */
  public static Optional<KnownBase> of(String id) {
    return Arrays.stream(values()).filter(base -> base.id.equals(id)).findFirst();
  }

  /** The U-Net's module paths in the original naming and in diffusers'. */
  public NameTable unetNames() {
    return UNetNames.of(unet);
  }

  /**
   * The module trees of the parts that adapters are made for, by component. Their weights are declared, not
   * loaded ({@link DeclaredWeight}): adapters can be restored on them, but nothing computed.
   */
  @Override
  public Map<String, Module> components() {
    Map<String, Module> parts = new LinkedHashMap<>();
    parts.put(UNET, new UNet2DConditionModel(unet));
    encoders(parts);
    parts.values().forEach(DeclaredWeight::declare);
    return Collections.unmodifiableMap(parts);
  }

  /** The paths of all layers that files can speak of, norms too, by component, as adapter formats take them. */
  public Map<String, Collection<String>> layers() {
    Map<String, Collection<String>> layers = new LinkedHashMap<>();
    components().forEach((component, root) -> layers.put(component, root.restorableLayers().keySet()));
    return Collections.unmodifiableMap(layers);
  }

  /**
   * The paths of everything with a weight (normalisations too, which some methods of the LyCORIS family
   * change) by component, for reading files that will not be attached.
   */
  public Map<String, Collection<String>> weightedLayers() {
    Map<String, Collection<String>> layers = new LinkedHashMap<>();
    weights().forEach((component, shapes) -> layers.put(component, shapes.keySet().stream()
        .filter(name -> name.endsWith(WEIGHT)).map(name -> name.substring(0, name.length() - WEIGHT.length()))
        .toList()));
    return Collections.unmodifiableMap(layers);
  }

  /** The shape of every weight (norms, biases and embeddings too) by component and dotted name. */
  public Map<String, Map<String, Shape>> weights() {
    Map<String, Map<String, Shape>> shapes = new LinkedHashMap<>();
    components().forEach((component, root) -> {
      Map<String, Shape> named = new LinkedHashMap<>();
      root.namedWeights().forEach((name, weight) -> named.put(name, weight.shape()));
      shapes.put(component, named);
    });
    return Collections.unmodifiableMap(shapes);
  }

  private static UNetConfig unet(int contextWidth, boolean second) {
    int coarse = second ? 20 : 8;
    return unet(64, List.of(new Level(320, second ? 5 : 8, 1, true, true), new Level(640, second ? 10 : 8, 1, true,
        true), new Level(1280, coarse, 1, true, true), new Level(1280, coarse, 1, false, false)), contextWidth, second,
        Optional.empty());
  }

  private static UNetConfig xlUnet() {
    return unet(128, List.of(new Level(320, 5, 1, false, false), new Level(640, 10, 2, true, true),
        new Level(1280, 20, 10, true, true)), 2048, true, Optional.of(new AddedConditions(256, 1280 + 6 * 256)));
  }

  private static UNetConfig unet(int side, List<Level> levels, int contextWidth, boolean linearProjection,
      Optional<AddedConditions> added) {
    return new UNetConfig(new Latents(4, 4, side), levels, 2, contextWidth, new Norms(32, 1e-5), linearProjection,
        new Sinusoids(true, 0), added);
  }

  private static ClipConfig clip(int width, int layers, int heads, boolean quickGelu) {
    return new ClipConfig(49408, width, 4 * width, layers, heads, 77, 1e-5, quickGelu);
  }
}
