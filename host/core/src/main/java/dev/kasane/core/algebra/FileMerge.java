package dev.kasane.core.algebra;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.SafetensorsSource;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.checkpoint.WeightWriter;
import dev.kasane.core.safetensors.SafetensorsException;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsRewrite;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorBytes;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.safetensors.TensorEntry;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.StoredTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes one file of a checkpoint with updates added to some of its tensors. */
final class FileMerge {
  private static final long PROBE_SEED = 20;

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
    Engines.seed(PROBE_SEED);
    try (TensorSource source = TensorSources.open(file)) {
      if (source instanceof SafetensorsSource) {
        rewrite(target);
      } else {
        convert(source, target);
      }
    } catch (SafetensorsException e) {
      throw new UserException(e.getMessage(), e);
    }
  }

  private void rewrite(Path target) throws SafetensorsException {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      ByteBuffer scratch = ByteBuffer.allocateDirect(largest(opened)).order(ByteOrder.nativeOrder());
      Map<String, TensorBytes> replaced = new LinkedHashMap<>();
      updates.forEach((tensor, update) -> replaced.put(tensor, channel -> {
        try (NDManager scope = Engines.newManager()) {
          write(tensor, StoredTensors.read(opened, tensor, scratch, scope), scope, channel);
        }
      }));
      new SafetensorsRewrite(opened, replaced).write(target, () -> described(opened.metadata()));
    }
  }

  private int largest(SafetensorsFile opened) throws SafetensorsException {
    long most = 0;
    for (String tensor : updates.keySet()) {
      TensorEntry entry = opened.tensors().get(tensor);
      most = Math.max(most, entry.byteLength());
    }
    if (most > Integer.MAX_VALUE) {
      throw new SafetensorsException(file, "has a layer of " + most + " bytes; updates can be added to tensors"
          + " below 2 GiB");
    }
    return (int) most;
  }

  /** A pickled checkpoint: its tensors are written one by one in their own types. */
  private void convert(TensorSource source, Path target) throws SafetensorsException {
    List<TensorDeclaration> tensors = new ArrayList<>();
    for (String name : source.names()) {
      TensorDeclaration plain = WeightWriter.declare(source, name);
      tensors.add(!updates.containsKey(name) ? plain
          : new TensorDeclaration(name, plain.dtype(), plain.shape(), channel -> {
            try (NDManager scope = Engines.newManager()) {
              write(name, source.read(name, scope), scope, channel);
            }
          }));
    }
    Map<String, String> described = described(Map.of("format", "pt"));
    described.remove(Verification.KEY);
    SafetensorsWriter.write(target, tensors, described);
  }

  private void write(String tensor, NDArray before, NDManager scope, WritableByteChannel channel)
      throws IOException {
    WeightUpdate.Updated updated = updates.get(tensor).apply(before, scope);
    tally.add(tensor, updated);
    channel.write(TorchBridge.memory(updated.stored()));
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
