package dev.kasane.app.sweep;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.TensorEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * An adapter in memory, taken apart so that it can be damaged with its header still agreeing with its data.
 *
 * @param tensors by key, in the file's order
 * @param metadata the file's own
 * @param config {@code adapter_config.json} beside the file, or null
 */
record TestFile(Map<String, Stored> tensors, Map<String, String> metadata, String config) {
  private static final String CONFIG = "adapter_config.json";
  private static final String WEIGHTS = "adapter_model.safetensors";

  /** A tensor; the data need not be as long as the shape says. */
  record Stored(String dtype, long[] shape, byte[] data) {
    static Stored of(DType dtype, long[] shape, byte[] data) {
      return new Stored(dtype.name(), shape, data);
    }

    DType type() {
      return DType.named(dtype).orElse(DType.F32);
    }

    long count() {
      return LongStream.of(shape).reduce(1, (a, b) -> a * b);
    }
  }

  static TestFile read(Path named) throws IOException {
    boolean folder = Files.isDirectory(named);
    Map<String, Stored> tensors = new LinkedHashMap<>();
    try (SafetensorsFile file = SafetensorsFile.open(folder ? named.resolve(WEIGHTS) : named)) {
      for (TensorEntry entry : file.tensors().values()) {
        ByteBuffer bytes = file.map(entry.name());
        byte[] data = new byte[bytes.remaining()];
        bytes.get(data);
        tensors.put(entry.name(), Stored.of(entry.dtype(), entry.shape(), data));
      }
      return new TestFile(tensors, new TreeMap<>(file.metadata()),
          folder ? Files.readString(named.resolve(CONFIG)) : null);
    }
  }

  /** A copy that may be changed. */
  TestFile copy() {
    return new TestFile(new LinkedHashMap<>(tensors), new LinkedHashMap<>(metadata), config);
  }

  List<String> keys() {
    return new ArrayList<>(tensors.keySet());
  }

  /** The bytes of a safetensors file, whatever the shapes say. */
  byte[] bytes() {
    Map<String, Object> header = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      header.put("__metadata__", metadata);
    }
    int length = 0;
    for (Map.Entry<String, Stored> each : tensors.entrySet()) {
      Stored tensor = each.getValue();
      int end = length + tensor.data().length;
      header.put(each.getKey(), new TreeMap<>(Map.of("dtype", tensor.dtype(), "shape", tensor.shape(),
          "data_offsets", new int[] {length, end})));
      length = end;
    }
    try {
      byte[] json = new ObjectMapper().writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
      ByteBuffer file = ByteBuffer.allocate(8 + json.length + length).order(ByteOrder.LITTLE_ENDIAN);
      file.putLong(json.length).put(json);
      tensors.values().forEach(tensor -> file.put(tensor.data()));
      return file.array();
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Writes a file, or a folder where there is a configuration; returns what a command would be given. */
  static Path write(byte[] weights, String ending, String config, Path folder) throws IOException {
    if (config == null) {
      return Files.write(folder.resolve("mutated" + ending), weights);
    }
    Path peft = Files.createDirectories(folder.resolve("peft"));
    Files.write(peft.resolve(WEIGHTS), weights);
    Files.writeString(peft.resolve(CONFIG), config);
    return peft;
  }
}
