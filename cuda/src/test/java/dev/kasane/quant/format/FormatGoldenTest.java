package dev.kasane.quant.format;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.HalfPrecision;
import dev.kasane.core.safetensors.TensorValues;
import dev.kasane.core.tensor.Engines;
import dev.kasane.quant.SeededInputs;
import dev.kasane.quant.cpu.FourBitDecoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Codes, scales and decoded numbers of bitsandbytes' CPU path, for 40 shapes, three types and every format. */
public class FormatGoldenTest {
  record Golden(String format, DataType type, long[] shape, long seed, int block, String codes, String scales,
      String nested, String offset, String wide, String same) {
    static Golden of(String line) {
      String[] cells = line.split("\t");
      return new Golden(cells[0], DataType.valueOf(cells[1].toUpperCase(java.util.Locale.ROOT)),
          Arrays.stream(cells[2].split("x")).mapToLong(Long::parseLong).toArray(), Long.parseLong(cells[3]),
          Integer.parseInt(cells[4]), cells[5], cells[6], cells[7], cells[8], cells[9], cells[10]);
    }

    int count() {
      return (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    @Override
    public String toString() {
      return format + " " + type + Arrays.toString(shape) + " block " + block;
    }
  }

  /** The lines of a golden file. */
  public static List<String> lines(String resource) throws IOException {
    try (var in = FormatGoldenTest.class.getResourceAsStream("/dev/kasane/quant/" + resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  static List<Golden> goldens() throws IOException {
    return lines("formats.tsv").stream().map(Golden::of).toList();
  }

  @Test
  void coversFortyShapes() throws IOException {
    assertThat(goldens().stream().map(golden -> Arrays.toString(golden.shape())).distinct()).hasSize(40);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void equalsBitsandbytesBitForBit(Golden golden) {
    if (golden.format().startsWith("dynamic")) {
      checkEightBit(golden);
    } else if (golden.format().equals("int8")) {
      checkRows(golden);
    } else {
      checkFourBit(golden);
    }
  }

  private void checkFourBit(Golden golden) {
    FourBitType type = FourBitType.named(golden.format().replace("+dq", ""), "The golden");
    StoredFloats source = source(golden, false);
    ByteBuffer packed = ByteBuffer.allocateDirect(FourBitBlocks.bytes(golden.count()));
    FourBitBlocks blocks = FourBitBlocks.quantise(source, type, golden.block(), packed);
    assertThat(digest(packed)).as("codes").isEqualTo(golden.codes());
    if (golden.format().endsWith("+dq")) {
      float offset = Float.intBitsToFloat(Integer.parseUnsignedInt(golden.offset(), 16));
      assertThat(mean(blocks.scales().all())).as("offset").isEqualTo(offset);
      NestedScales nested = NestedScales.of(blocks.scales().all(), offset);
      assertThat(digest(ByteBuffer.wrap(nested.codes()))).as("scales").isEqualTo(golden.scales());
      assertThat(digest(floats(nested.absmax()))).as("scales of scales").isEqualTo(golden.nested());
      blocks = blocks.nested(nested);
    } else {
      assertThat(digest(floats(blocks.scales().all()))).as("scales").isEqualTo(golden.scales());
    }
    ByteBuffer wide = ByteBuffer.allocateDirect(golden.count() * Float.BYTES);
    FourBitDecoding.decode(blocks, DataType.FLOAT32, wide);
    assertThat(digest(wide)).as("float32").isEqualTo(golden.wide());
    ByteBuffer same = ByteBuffer.allocateDirect(golden.count() * golden.type().getNumOfBytes());
    FourBitDecoding.decode(blocks, golden.type(), same);
    assertThat(digest(same)).as("own type").isEqualTo(golden.same());
  }

  private void checkEightBit(Golden golden) {
    boolean signed = golden.format().equals("dynamic");
    EightBitBlocks blocks = EightBitBlocks.quantise(source(golden, !signed),
        signed ? DynamicMap.SIGNED : DynamicMap.UNSIGNED, golden.block());
    assertThat(digest(ByteBuffer.wrap(blocks.codes()))).as("codes").isEqualTo(golden.codes());
    assertThat(digest(floats(blocks.absmax()))).as("scales").isEqualTo(golden.scales());
    assertThat(digest(floats(blocks.dequantise()))).as("float32").isEqualTo(golden.wide());
  }

  private void checkRows(Golden golden) {
    ByteBuffer codes = ByteBuffer.allocateDirect(golden.count());
    Int8Rows rows = Int8Rows.quantise(source(golden, false), (int) golden.shape()[0], codes);
    assertThat(digest(codes)).as("codes").isEqualTo(golden.codes());
    assertThat(digest(floats(rows.scales()))).as("scales").isEqualTo(golden.scales());
    float[] wide = new float[golden.count()];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = rows.value(i / rows.columns(), i % rows.columns());
    }
    assertThat(digest(floats(wide))).as("float32").isEqualTo(golden.wide());
  }

  @Test
  void mapsAreTheReferencesOwn() throws IOException {
    for (String line : lines("dynamic-maps.tsv")) {
      String[] cells = line.split("\t");
      float[] expected = new float[cells[1].split(" ").length];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = Float.intBitsToFloat(Integer.parseUnsignedInt(cells[1].split(" ")[i], 16));
      }
      float[] ours = switch (cells[0]) {
        case "signed" -> DynamicMap.SIGNED.values();
        case "unsigned" -> DynamicMap.UNSIGNED.values();
        default -> FourBitType.named(cells[0], "The golden").table();
      };
      assertThat(ours).as(cells[0]).containsExactly(expected);
    }
  }

  private static StoredFloats source(Golden golden, boolean magnitudes) {
    float[] values = SeededInputs.values(golden.seed(), golden.count());
    for (int i = 0; magnitudes && i < values.length; i++) {
      values[i] = Math.abs(values[i]);
    }
    DType stored = switch (golden.type()) {
      case FLOAT16 -> DType.F16;
      case BFLOAT16 -> DType.BF16;
      default -> DType.F32;
    };
    return new StoredFloats(TensorValues.fromFloats(values, stored), golden.type(), values.length);
  }

  private static float mean(float[] scales) {
    try (NDManager scope = Engines.newManager(); NDArray all = scope.create(scales)) {
      return all.mean().getFloat();
    }
  }

  private static ByteBuffer floats(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
    bytes.asFloatBuffer().put(values);
    return bytes;
  }

  private static String digest(ByteBuffer bytes) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(bytes.duplicate().clear());
      return HexFormat.of().formatHex(sha.digest()).substring(0, 12);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
