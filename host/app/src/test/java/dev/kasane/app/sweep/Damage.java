package dev.kasane.app.sweep;

import dev.kasane.app.inspect.MutatedFiles;
import dev.kasane.app.sweep.TestFile.Stored;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.TensorValues;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Damages originals; everything follows from one seed. */
final class Damage {
  private static final List<String> PARAMETERS = List.of("lora_down.weight", "lora_up.weight", "lora_mid.weight",
      "alpha", "scale", "dora_scale", "hada_w1_a", "hada_t1", "lokr_w1", "lokr_w2_a", "lokr_t2", "on_input", "weight",
      "bias", "diff", "diff_b", "w_norm", "b_norm", "a1.weight", "oft_blocks", "rescale", "lora_A.weight",
      "lora_B.weight", "lora_B.bias", "lora_magnitude_vector", "lora_embedding_A", "reshape_weight", "bias_indices");
  private static final List<String> TEXTS = List.of("", "null", "-1", "0", "1", "2", "1e9", "1e400", "NaN", "true",
      "\"x\"", "[]", "{}", "[1,2]", "[\"to_k\"]", "\".*\"", "{\"a\":{\"b\":1}}", "4294967296", "0.5", "\"LORA\"",
      "\"LOHA\"", "\"LOKR\"", "\"all-linear\"");
  private static final List<String> METADATA = List.of("lora_adapter_metadata", "ss_network_dim", "ss_network_alpha",
      "ss_network_args", "ss_base_model_version", "ss_tag_frequency", "modelspec.title", "unet", "text_encoder",
      "name", "format", "<ink>", "sshs_model_hash");
  private static final double[] ALPHAS =
      {0, -1, 1, 2, 1e-30, 1e30, 1e300, Double.NaN, Double.POSITIVE_INFINITY, 65504, -0.0};
  private static final double[] VALUES = {Double.NaN, Double.NEGATIVE_INFINITY, 3e38, 1e30, -1e-40, 0, 1};

  private final Originals originals;
  private final Random random;

  Damage(Originals originals, long seed) {
    this.originals = originals;
    this.random = new Random(seed);
  }

  /** Writes a damaged file into a folder and says where a command would find it. */
  Path write(Path folder) throws IOException {
    if (random.nextInt(12) == 0) {
      Originals.Pickle pickle = pick(originals.pickles());
      byte[] bytes = random.nextInt(3) == 0 ? MutatedFiles.mutate(pickle.bytes(), random) : repacked(pickle);
      return TestFile.write(bytes, pick(List.of(".pt", ".bin")), null, folder);
    }
    TestFile file = pick(originals.files()).copy();
    boolean raw = random.nextInt(5) == 0;
    for (int fault = random.nextInt(2) * random.nextInt(3); fault >= 0 && !raw; fault--) {
      file = damaged(file);
    }
    byte[] bytes = file.bytes();
    if (raw) {
      bytes = random.nextBoolean() ? MutatedFiles.mutate(bytes, random) : MutatedFiles.rewrite(bytes, random);
    }
    return TestFile.write(bytes, ".safetensors", file.config(), folder);
  }

  private <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private TestFile damaged(TestFile file) {
    Map<String, Stored> tensors = file.tensors();
    if (tensors.isEmpty()) {
      return file;
    }
    String key = pick(file.keys());
    Stored tensor = tensors.get(key);
    switch (random.nextInt(file.config() == null ? 11 : 14)) {
      case 0 -> tensors.put(renamed(key), tensors.remove(key));
      case 1 -> tensors.remove(key);
      case 2 -> tensors.put(renamed(key), tensor);
      case 3 -> pick(originals.files()).tensors().entrySet().stream().limit(1 + random.nextInt(3))
          .forEach(other -> tensors.put(other.getKey(), other.getValue()));
      case 4, 5 -> tensors.put(key, new Stored(tensor.dtype(), reshaped(tensor), tensor.data()));
      case 6, 7 -> tensors.put(key, filled(tensor.type(), resized(tensor.shape())));
      case 8 -> tensors.put(key, filled(DType.values()[random.nextInt(DType.values().length)], tensor.shape()));
      case 9 -> tensors.put(random.nextBoolean() ? key : stem(key) + ".alpha", number());
      case 10 -> {
        file.metadata().put(pick(METADATA), pick(TEXTS));
        tensors.put(key, spoiled(tensor));
      }
      default -> {
        return new TestFile(tensors, file.metadata(), reconfigured(file.config()));
      }
    }
    return file;
  }

  private static String stem(String key) {
    int dot = key.indexOf('.');
    return dot < 0 ? key : key.substring(0, dot);
  }

  private String renamed(String key) {
    return switch (random.nextInt(8)) {
      case 0 -> stem(key) + "." + pick(PARAMETERS);
      case 1 -> key.substring(0, Math.max(0, key.lastIndexOf('.'))) + "." + pick(PARAMETERS);
      case 2 -> key.replace("lora_unet_", "lora_unet_unet_").replace("lora_te_", "lora_te1_");
      case 3 -> key.replace("mid_block", "middle_block").replace("to_k", "to_v").replace("layers.0", "layers.1");
      case 4 -> key.replace("lora_A", "lora_A.default").replace("base_model.model.", "");
      case 5 -> key.replace('.', '_');
      case 6 -> "bundle_emb." + pick(List.of("a", "", "\u001b[2J", "x".repeat(70))) + ".string_to_param.*";
      default -> pick(List.of("", "a", "<b>", "emb_params", "clip_g", "unet:0:up", "lora_controlnet", key + ".x",
          "base_model.model." + key, "string_to_param", "\ud83d\ude00", "x".repeat(300)));
    };
  }

  /** Another shape of the same number of elements. */
  private long[] reshaped(Stored tensor) {
    long[] shape = tensor.shape();
    long count = tensor.count();
    return switch (random.nextInt(7)) {
      case 0 -> new long[] {count};
      case 1 -> extended(shape, random.nextInt(4) + 1);
      case 2 -> turned(shape);
      case 3 -> new long[] {1, count};
      case 4 -> new long[] {count, 1};
      case 5 -> count % 2 == 0 ? new long[] {2, count / 2} : new long[] {count, 1, 1};
      default -> prepended(shape);
    };
  }

  private static long[] extended(long[] shape, int more) {
    long[] longer = Arrays.copyOf(shape, shape.length + more);
    Arrays.fill(longer, shape.length, longer.length, 1);
    return longer;
  }

  private static long[] prepended(long[] shape) {
    long[] longer = new long[shape.length + 1];
    longer[0] = 1;
    System.arraycopy(shape, 0, longer, 1, shape.length);
    return longer;
  }

  private static long[] turned(long[] shape) {
    long[] turned = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      turned[i] = shape[shape.length - 1 - i];
    }
    return turned;
  }

  /** A shape of another number of elements. */
  private long[] resized(long[] shape) {
    long[] other = shape.length == 0 || random.nextInt(6) == 0 ? extended(shape, 1) : shape.clone();
    int axis = random.nextInt(other.length);
    other[axis] = switch (random.nextInt(6)) {
      case 0 -> 0;
      case 1 -> 1;
      case 2 -> other[axis] + 1;
      case 3 -> other[axis] * 2;
      case 4 -> Math.max(0, other[axis] - 1);
      default -> random.nextInt(1000);
    };
    long count = Arrays.stream(other).reduce(1, (a, b) -> a * b);
    return count > 1 << 16 ? new long[] {3, 7} : other;
  }

  private Stored filled(DType type, long[] shape) {
    int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    boolean plain = List.of(DType.F64, DType.F32, DType.F16, DType.BF16).contains(type);
    byte[] data = new byte[count * type.byteSize()];
    if (plain) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) random.nextGaussian() * 0.1f;
      }
      ByteBuffer encoded = TensorValues.fromFloats(values, type);
      encoded.get(data);
    } else {
      random.nextBytes(data);
    }
    return Stored.of(type, shape, data);
  }

  private Stored number() {
    DType type = pick(List.of(DType.F64, DType.F32, DType.F16, DType.BF16, DType.I64, DType.U8));
    long[] shape = pick(List.of(new long[0], new long[] {1}, new long[] {1, 1}, new long[] {2}, new long[] {0}));
    Stored filled = filled(type, shape);
    ByteBuffer data = ByteBuffer.wrap(filled.data()).order(ByteOrder.LITTLE_ENDIAN);
    double value = ALPHAS[random.nextInt(ALPHAS.length)];
    for (int at = 0; at < data.limit(); at += type.byteSize()) {
      put(data, at, type, value);
    }
    return filled;
  }

  private static void put(ByteBuffer data, int at, DType type, double value) {
    switch (type) {
      case F64 -> data.putDouble(at, value);
      case F32 -> data.putFloat(at, (float) value);
      case BF16 -> data.putShort(at, (short) (Float.floatToIntBits((float) value) >>> 16));
      case I64 -> data.putLong(at, (long) value);
      default -> data.put(at, (byte) value);
    }
  }

  /** One number in it is an odd one. */
  private Stored spoiled(Stored tensor) {
    int size = tensor.type().byteSize();
    if (tensor.data().length < size) {
      return tensor;
    }
    byte[] data = tensor.data().clone();
    put(ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN), random.nextInt(data.length / size) * size,
        tensor.type(), VALUES[random.nextInt(VALUES.length)]);
    return new Stored(tensor.dtype(), tensor.shape(), data);
  }

  private String reconfigured(String config) {
    List<MatchResult> values = Pattern.compile("(?<=: )[^\\n]+?(?=,?\\n)|\"[a-z_]+\"(?= ?:)").matcher(config).results()
        .toList();
    if (values.isEmpty() || random.nextInt(20) == 0) {
      return config.substring(0, random.nextInt(config.length() + 1));
    }
    MatchResult one = pick(values);
    String by = pick(TEXTS);
    return config.substring(0, one.start()) + (by.isEmpty() ? "\"\"" : by) + config.substring(one.end());
  }

  /** The same archive with some of its entries damaged, its check sums right again. */
  private byte[] repacked(Originals.Pickle pickle) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean tensors = random.nextInt(4) == 0;
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : pickle.entries().entrySet()) {
        boolean meant = entry.getKey().endsWith("data.pkl") != tensors && entry.getValue().length > 0;
        store(entry.getKey(), meant ? MutatedFiles.mutate(entry.getValue(), random) : entry.getValue(), out);
      }
    }
    return bytes.toByteArray();
  }

  private static void store(String name, byte[] content, ZipOutputStream out) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 sum = new CRC32();
    sum.update(content);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(sum.getValue());
    out.putNextEntry(entry);
    out.write(content);
  }
}
