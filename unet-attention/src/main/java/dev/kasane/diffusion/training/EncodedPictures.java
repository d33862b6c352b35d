package dev.kasane.diffusion.training;

import static dev.kasane.core.tensor.Ops.OPS;
import static dev.kasane.diffusion.pipeline.PipelineOps.PIPELINE;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.files.CacheKey;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import dev.kasane.diffusion.data.DatasetPicture;
import dev.kasane.diffusion.data.PictureDataset;
import dev.kasane.diffusion.data.batch.Placement;
import dev.kasane.diffusion.picture.Picture;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.pipeline.PromptEncoder;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Function;

/** Latent moments of pictures and encodings of captions, each computed once and kept under a content hash. */
final class EncodedPictures {
  private final ImageModel model;
  private final String baseHash;
  private final PictureDataset dataset;
  private final Function<DatasetPicture, Placement> placement;
  private final DiskCache cache;
  private final PromptEncoder prompts;
  private final int clipSkip;
  private final boolean varied;

  /**
   * @param model the base
   * @param baseHash identifies the base's weights
   * @param pictures the pictures and how they come into their buckets
   * @param folder of the cache
   * @param owner owner of what is kept in memory
   */
  EncodedPictures(ImageModel model, String baseHash, TrainingPictures pictures, Path folder, NDManager owner) {
    this.model = model;
    this.baseHash = baseHash;
    this.dataset = pictures.dataset();
    this.placement = pictures::placement;
    this.clipSkip = pictures.options().clipSkip();
    this.varied = pictures.options().captions().shuffleTags() || pictures.options().captions().tagDropout() > 0;
    this.cache = new DiskCache(folder, owner);
    this.prompts = new PromptEncoder(model, clipSkip);
  }

  /**
   * The encoder's moments of a picture.
   *
   * @return (1, 2·channels, height/8, width/8), float32, on the host, owned by the cache
   */
  NDArray moments(DatasetPicture picture, boolean flip) {
    Placement place = placement.apply(picture);
    String key = new CacheKey("moments-1").text(baseHash).text(model.autoencoderType().name())
        .text(picture.contentHash()).number(flip ? 1 : 0).text(place.toString()).hex();
    return cache.get(key, scope -> encode(picture, place, flip, scope));
  }

  private NDArray encode(DatasetPicture picture, Placement place, boolean flip, NDManager scope) {
    Picture pixels = dataset.load(picture, place);
    Picture shown = flip ? pixels.mirrored() : pixels;
    NDArray bytes = scope.create(ByteBuffer.wrap(shown.rgb()),
        new Shape(1, shown.height(), shown.width(), 3), DataType.UINT8);
    NDArray signed = OPS.cast(PIPELINE.toSigned(bytes), model.autoencoderType());
    return OPS.cast(model.vae().encodeMoments(signed), DataType.FLOAT32);
  }

  /**
   * The text encoder's output for a caption; for a text encoder that is not trained. Captions that are the
   * same at every showing come from the cache. Those that are shuffled hardly ever come again: kept, they
   * would fill memory and disk without end.
   *
   * @param scope owner of what is not kept
   * @return (1, 77·chunks, width), float32, on the scope's device
   */
  NDArray caption(String caption, NDManager scope) {
    if (varied) {
      try (GradMode off = GradMode.off()) {
        return encode(caption, scope);
      }
    }
    String key = new CacheKey("caption-2").text(baseHash).text(model.type().name()).number(clipSkip)
        .text(caption).hex();
    return Ops.placed(scope, cache.get(key, own -> encode(caption, own)));
  }

  private NDArray encode(String caption, NDManager scope) {
    return OPS.cast(prompts.encodeCaption(caption, scope), DataType.FLOAT32);
  }

  /** The text encoder's output with gradients, for a text encoder that is trained. */
  NDArray liveCaption(String caption, NDManager scope) {
    return prompts.encodeCaption(caption, scope);
  }
}
