package dev.kasane.core.algebra;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.SafetensorsSource;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.checkpoint.WeightWriter;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsException;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsRewrite;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorBytes;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import dev.kasane.core.tensor.StoredTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes one file of a checkpoint with updates added to some of its tensors. */
final class FileMerge {
  private static final int MOST_THREADS = 4;
  /** What the buffers of all threads together may take. */
  private static final long BUFFER_BYTES = 512L << 20;

  private final Path file;
  private final Map<String, WeightUpdate> updates;
  private final Map<String, String> metadata;
  private final MergeTally tally;

  FileMerge(Path file, Map<String, WeightUpdate> updates, Map<String, String> metadata, MergeTally tally) {
    this.file = file;
    this.updates = updates;
    this.metadata = metadata;
    this.tally = tally;
  }

  void write(Path target) {
    int threads = Engines.threads();
    try (TensorSource source = TensorSources.open(file); MergeBuffers buffers = buffers(source)) {
      if (source instanceof SafetensorsSource) {
        rewrite(target, buffers, threads);
      } else {
        convert(source, target, buffers);
      }
    } catch (SafetensorsException e) {
      throw new UserException(e.getMessage(), e);
    } finally {
      Engines.threads(threads);
    }
  }

  private MergeBuffers buffers(TensorSource source) throws SafetensorsException {
    long bytes = 0;
    long elements = 0;
    for (String tensor : updates.keySet()) {
      long count = source.shape(tensor).size();
      DType type = source.dtype(tensor);
      bytes = Math.max(bytes, count * type.byteSize());
      elements = Math.max(elements, type == DType.F32 ? 0 : count);
    }
    if (bytes > Integer.MAX_VALUE) {
      throw new SafetensorsException(file, "has a layer of " + bytes + " bytes; updates can be added to tensors"
          + " below 2 GiB");
    }
    return new MergeBuffers(bytes, elements);
  }

  private void rewrite(Path target, MergeBuffers buffers, int threads) throws SafetensorsException {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      Map<String, TensorBytes> replaced = new LinkedHashMap<>();
      updates.keySet().forEach(tensor -> replaced.put(tensor, channel -> merge(opened, tensor, buffers, channel)));
      long fitting = BUFFER_BYTES / Math.max(1, buffers.bytesEach());
      new SafetensorsRewrite(opened, replaced).write(target, () -> described(opened.metadata()),
          (int) Math.max(1, Math.min(fitting, Math.min(threads, MOST_THREADS))));
    }
  }

  private void merge(SafetensorsFile opened, String tensor, MergeBuffers buffers, WritableByteChannel channel)
      throws IOException {
    // One thread to a tensor: operators that share themselves out would wait for one another.
    Engines.threads(1);
    try (GradMode off = GradMode.off(); NDManager scope = Engines.newManager(); var buffer = buffers.take()) {
      NDArray stored = StoredTensors.read(opened, tensor, buffer.stored(), scope);
      WeightUpdate.Accuracy accuracy = updates.get(tensor).apply(stored, buffer, scope);
      ByteBuffer bytes = TorchBridge.memory(stored);
      tally.add(tensor, accuracy, bytes.mismatch(opened.map(tensor)) >= 0);
      channel.write(bytes);
    }
  }

  /** A pickled checkpoint: its tensors are written one by one in their own types. */
  private void convert(TensorSource source, Path target, MergeBuffers buffers) throws SafetensorsException {
    List<TensorDeclaration> tensors = new ArrayList<>();
    for (String name : source.names()) {
      TensorDeclaration plain = WeightWriter.declare(source, name);
      tensors.add(!updates.containsKey(name) ? plain : new TensorDeclaration(name, plain.dtype(), plain.shape(),
          channel -> merge(source, name, buffers, channel)));
    }
    Map<String, String> described = described(Map.of("format", "pt"));
    described.remove(Verification.KEY);
    SafetensorsWriter.write(target, tensors, described);
  }

  private void merge(TensorSource source, String tensor, MergeBuffers buffers, WritableByteChannel channel)
      throws IOException {
    try (NDManager scope = Engines.newManager(); var buffer = buffers.take()) {
      NDArray before = source.read(tensor, scope);
      NDArray stored = Ops.over(buffer.stored(), Ops.typeOf(before), before.getShape(), scope);
      AlgebraOps.copy(before, stored);
      WeightUpdate.Accuracy accuracy = updates.get(tensor).apply(stored, buffer, scope);
      tally.add(tensor, accuracy, !AlgebraOps.equal(stored, before));
      channel.write(TorchBridge.memory(stored));
    }
  }

  private Map<String, String> described(Map<String, String> own) {
    Map<String, String> all = new LinkedHashMap<>(own);
    all.putAll(metadata);
    Verification verification = tally.verification();
    if (!verification.checks().isEmpty()) {
      all.put(Verification.KEY, verification.text());
    }
    return all;
  }
}
