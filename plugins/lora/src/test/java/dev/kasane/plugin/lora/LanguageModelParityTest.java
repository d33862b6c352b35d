package dev.kasane.plugin.lora;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.training.AdamW;
import dev.kasane.text.checkpoint.TextCheckpoint;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.TokenBatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tuning a language model against PEFT: the first gradients, ten steps of AdamW, the losses. */
class LanguageModelParityTest {
  private static final double TOLERANCE = 1e-4;
  private static final double LEARNING_RATE = 5e-3;
  private static final double ALPHA = 5;

  private final NDManager scope = Engines.newManager();
  private TensorSource golden;
  private CausalLm model;
  private AdapterSet set;

  @AfterEach
  void close() {
    golden.close();
    scope.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2", "gemma2", "gpt-neox", "llama-tied", "gpt2-by-layer"})
  void trainsAsPeftDoes(String base) {
    open(base);
    AdamW optimizer = new AdamW(set.trainableParameters(), AdamW.Settings.DEFAULT, scope);
    float[] losses = golden.read("losses", scope).toFloatArray();
    for (int step = 0; step < losses.length; step++) {
      assertThat(Math.abs(backward() - losses[step]) / losses[step]).as("loss " + step).isLessThan(TOLERANCE);
      if (step == 0) {
        PeftModels.compare(set, golden, "gradient.", true, TOLERANCE);
      }
      optimizer.step(LEARNING_RATE, 1, 0);
    }
    PeftModels.compare(set, golden, "after.", false, TOLERANCE);
    assertThat(losses[losses.length - 1]).isLessThan(losses[0] * 0.97f);
  }

  private void open(String base) {
    golden = TensorSources.open(PeftModels.GOLDEN.resolve("lora").resolve(base + ".safetensors"));
    model = TextCheckpoint.open(PeftModels.GOLDEN.resolve(base)).model(ElementType.FLOAT32, scope);
    set = PeftModels.restore(model, golden, "before.", ALPHA, scope);
  }

  private double backward() {
    try (NDManager step = scope.newSubManager(); GradMode on = GradMode.on()) {
      NDArray ids = golden.read("ids", step).toType(DataType.INT64, false);
      long[] mask = golden.read("mask", step).toType(DataType.INT64, false).toLongArray();
      int rows = (int) ids.getShape().get(0);
      int length = (int) ids.getShape().get(1);
      NDArray logits = model.logits(new TokenBatch(rows, length, ids.toLongArray(), mask), step);
      NDArray loss = crossEntropy(logits, ids, mask, length);
      double value = loss.getFloat();
      TorchBridge.backward(loss, step.create(1f));
      return value;
    }
  }

  /** The mean over real tokens that have one before them. */
  private static NDArray crossEntropy(NDArray logits, NDArray ids, long[] mask, int length) {
    NDArray logs = logits.get(new NDIndex(":,:" + (length - 1))).logSoftmax(-1);
    NDArray next = ids.get(new NDIndex(":,1:")).expandDims(2);
    NDArray wanted = ids.getManager().create(mask, ids.getShape()).get(new NDIndex(":,1:"))
        .toType(DataType.FLOAT32, false);
    NDArray chosen = logs.gather(next, 2).squeeze(2).mul(wanted);
    return chosen.sum().neg().div(wanted.sum());
  }
}
