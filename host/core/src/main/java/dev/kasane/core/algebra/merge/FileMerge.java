package dev.kasane.core.algebra.merge;

import static dev.kasane.core.algebra.AlgebraOps.ALGEBRA;
import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.algebra.Verification;
import dev.kasane.core.checkpoint.SafetensorsSource;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.checkpoint.WeightWriter;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsRewrite;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.HostMemory;
import dev.kasane.core.tensor.OperatorThreads;
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

/** Writes one file of a checkpoint with some of its tensors computed anew, and perhaps more tensors. */
final class FileMerge {
  private static final int MOST_THREADS = 4;
  /** What the buffers of all threads together may take. */
  private static final long BUFFER_BYTES = 512L << 20;

  private final Path file;
  private final Map<String, TensorChange> changes;
  private final Map<String, String> metadata;
  private final MergeTally tally;

  /**
   * @param file the file as it is
   * @param changes the tensors that are computed, by the names that they get; others stay
   * @param metadata added to the file's own
   * @param tally told of every tensor
   */
  FileMerge(Path file, Map<String, TensorChange> changes, Map<String, String> metadata, MergeTally tally) {
    this.file = file;
    this.changes = changes;
    this.metadata = metadata;
    this.tally = tally;
  }

  void write(Path target) {
    try (TensorSource source = TensorSources.open(file); MergeBuffers buffers = buffers(source)) {
      if (source instanceof SafetensorsSource) {
        rewrite(source, target, buffers);
      } else {
        convert(source, target, buffers);
      }
    }
  }

  private MergeBuffers buffers(TensorSource source) {
    long bytes = 0;
    long elements = 0;
    for (TensorChange change : changes.values()) {
      long count = Math.max(source.shape(change.stored()).size(), change.shape(source).size());
      DType type = source.dtype(change.stored());
      bytes = Math.max(bytes, count * type.byteSize());
      elements = Math.max(elements, type == DType.F32 ? 0 : count);
    }
    if (bytes > Integer.MAX_VALUE) {
      throw new FileFault(file, "has a layer of " + bytes + " bytes; updates can be added to tensors"
          + " below 2 GiB");
    }
    return new MergeBuffers(bytes, elements);
  }

  private void rewrite(TensorSource source, Path target, MergeBuffers buffers) {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      List<TensorDeclaration> computed = new ArrayList<>();
      changes.forEach((tensor, change) -> computed.add(new TensorDeclaration(tensor, source.dtype(change.stored()),
          change.shape(source).getShape(), channel -> merge(opened, tensor, buffers, channel))));
      long fitting = BUFFER_BYTES / Math.max(1, buffers.bytesEach());
      new SafetensorsRewrite(opened, computed).write(target, () -> described(opened.metadata()),
          (int) Math.max(1, Math.min(fitting, Math.min(Engines.threads(), MOST_THREADS))));
    }
  }

  private void merge(SafetensorsFile opened, String tensor, MergeBuffers buffers, WritableByteChannel channel)
      throws IOException {
    // One thread to a tensor: operators that share themselves out would wait for one another.
    try (OperatorThreads.Alone alone = OperatorThreads.alone(); GradMode off = GradMode.off();
        NDManager scope = Engines.newManager(); var buffer = buffers.take()) {
      TensorChange change = changes.get(tensor);
      NDArray stored = change.resized(StoredTensors.read(opened, change.stored(), buffer.stored(), scope));
      WeightUpdate.Accuracy accuracy = change.update().apply(stored, buffer, scope);
      ByteBuffer bytes = HostMemory.of(stored);
      tally.add(tensor, accuracy, change.isNew(tensor) || bytes.mismatch(opened.map(tensor)) >= 0);
      channel.write(bytes);
    }
  }

  /** A pickled checkpoint: its tensors are written one by one in their own types. */
  private void convert(TensorSource source, Path target, MergeBuffers buffers) {
    List<TensorDeclaration> tensors = new ArrayList<>();
    source.names().stream().filter(name -> !changes.containsKey(name))
        .forEach(name -> tensors.add(WeightWriter.declare(source, name)));
    changes.forEach((name, change) -> tensors.add(new TensorDeclaration(name, source.dtype(change.stored()),
        change.shape(source).getShape(), channel -> merge(source, name, buffers, channel))));
    Map<String, String> described = described(Map.of("format", "pt"));
    described.remove(Verification.KEY);
    SafetensorsWriter.write(target, tensors, described);
  }

  private void merge(TensorSource source, String tensor, MergeBuffers buffers, WritableByteChannel channel)
      throws IOException {
    try (NDManager scope = Engines.newManager(); var buffer = buffers.take()) {
      TensorChange change = changes.get(tensor);
      NDArray before = change.resized(source.read(change.stored(), scope));
      NDArray stored = OPS.over(scope, buffer.stored(), 0, Ops.typeOf(before), before.getShape());
      ALGEBRA.copy(before, stored);
      WeightUpdate.Accuracy accuracy = change.update().apply(stored, buffer, scope);
      tally.add(tensor, accuracy, change.isNew(tensor) || !ALGEBRA.equal(stored, before));
      channel.write(HostMemory.of(stored));
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
