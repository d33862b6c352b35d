package dev.kasane.app.sweep;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.app.adapter.AdapterBase;
import dev.kasane.app.base.QuantisedBase;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Ops;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.Objective;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.pipeline.ImageModels;
import dev.kasane.text.base.TextFamily;
import dev.kasane.text.checkpoint.TextCheckpoint;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.TokenBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The smallest models that there are, live and as files, and a step of training on them. */
final class Bases implements AutoCloseable {
  private static final long[] TOKENS = {1, 5, 9, 12, 3, 7};

  private final ImageModel image;
  private final CausalLm language;
  private final CheckpointLayers imageLayers;
  private final CheckpointLayers languageLayers;

  Bases(Path root, NDManager scope) {
    Path pictures = root.resolve("unet-attention/src/test/resources/golden/sd1-tiny");
    Path texts = root.resolve("text-lm/src/test/resources/golden/llama");
    image = ImageModels.open(pictures, BaseOptions.none(), ElementType.FLOAT32, scope);
    TextCheckpoint checkpoint = TextCheckpoint.open(texts);
    language = checkpoint.declare(ElementType.FLOAT32);
    checkpoint.load(language, ElementType.FLOAT32, QuantisedBase::read, scope);
    imageLayers = dev.kasane.app.algebra.Bases.open(pictures);
    languageLayers = dev.kasane.app.algebra.Bases.open(texts);
  }

  Originals originals(PluginHost plugins, Path folder) throws IOException {
    Originals originals = new Originals(plugins, folder);
    originals.addImage(image.unet(), image.textEncoder());
    originals.addLanguage(CausalLm.COMPONENT, language);
    return originals;
  }

  AdapterBase live(boolean text) {
    return text ? AdapterBase.live(TextFamily.parts(language)) : AdapterBase.live(image.parts());
  }

  CheckpointLayers layers(boolean text) {
    return text ? languageLayers : imageLayers;
  }

  /** Forward, backward and one step of the optimiser. */
  void train(boolean text, AdapterSet set, NDManager parent) {
    Map<String, NDArray> parameters = set.trainableParameters();
    if (parameters.isEmpty()) {
      return;
    }
    set.trainable(true);
    try (NDManager scope = parent.newSubManager()) {
      AdamW optimizer = new AdamW(parameters, AdamW.Settings.DEFAULT, scope);
      Objective<Boolean> objective = (batch, step) -> (batch ? logits(step) : noise(step)).square().mean();
      objective.backward(text, scope, 1);
      optimizer.step(1e-3, 1, 1);
    }
  }

  private NDArray logits(NDManager scope) {
    return language.logits(new TokenBatch(1, TOKENS.length, TOKENS, null), scope);
  }

  private NDArray noise(NDManager scope) {
    NDArray context = image.textEncoder().forward(scope.create(TOKENS, new Shape(1, TOKENS.length)));
    return image.unet().forward(Ops.randomNormal(scope, new Shape(1, image.unet().config().latents().inChannels(), 8, 8)),
        scope.create(new long[] {500}), context);
  }

  @Override
  public void close() {
    List.of(imageLayers, languageLayers).forEach(CheckpointLayers::close);
  }
}
