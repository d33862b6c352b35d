package dev.kasane.core.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.safetensors.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** A checkpoint in several files, beside an index that says which tensor is in which. */
public final class ShardedSource implements TensorSource {
  private final Path index;
  private final Map<String, TensorSource> shards;
  private final Map<String, TensorSource> byName;

  private ShardedSource(Path index, Map<String, TensorSource> shards, Map<String, TensorSource> byName) {
    this.index = index;
    this.shards = shards;
    this.byName = byName;
  }

  /**
   * Opens an index and all files that it names.
   *
   * @param opener opens one of the files
   * @throws UserException when the index is no such index, a file is missing or damaged, or a file lacks a
   *     tensor that the index promises
   */
  static ShardedSource open(Path index, Function<Path, TensorSource> opener) {
    Map<String, String> weightMap = ShardIndex.read(index);
    Map<String, TensorSource> shards = new LinkedHashMap<>();
    try {
      Map<String, TensorSource> byName = new LinkedHashMap<>();
      weightMap.forEach((name, file) -> byName.put(name, holder(index, name,
          shards.computeIfAbsent(file, each -> opener.apply(shard(index, each))))));
      return new ShardedSource(index, shards, Collections.unmodifiableMap(byName));
    } catch (RuntimeException e) {
      shards.values().forEach(TensorSource::close);
      throw e;
    }
  }

  static Path shard(Path index, String file) {
    Path shard = index.resolveSibling(file);
    if (!Files.isRegularFile(shard)) {
      throw new FileFault(index, "the checkpoint is incomplete: it names " + file
          + ", which is not beside it. Download or copy the missing part.");
    }
    return shard;
  }

  private static TensorSource holder(Path index, String name, TensorSource shard) {
    if (!shard.names().contains(name)) {
      throw new FileFault(index, "says that " + shard.location() + " holds the tensor '" + name
          + "', but it does not. The parts are of different downloads; download them all again.");
    }
    return shard;
  }

  @Override
  public Set<String> names() {
    return byName.keySet();
  }

  @Override
  public Shape shape(String name) {
    return source(name).shape(name);
  }

  @Override
  public DType dtype(String name) {
    return source(name).dtype(name);
  }

  @Override
  public NDArray read(String name, NDManager owner) {
    return source(name).read(name, owner);
  }

  @Override
  public String origin(String name) {
    return source(name).origin(name);
  }

  @Override
  public String location() {
    return index.toString();
  }

  /** The files that the tensors are in. */
  public Set<Path> files() {
    Set<Path> files = new LinkedHashSet<>();
    shards.keySet().forEach(file -> files.add(index.resolveSibling(file)));
    return files;
  }

  private TensorSource source(String name) {
    return find(byName, name);
  }

  @Override
  public void close() {
    shards.values().forEach(TensorSource::close);
  }
}
