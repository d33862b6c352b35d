package dev.kasane.quant.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import dev.kasane.core.parallel.Workers;
import dev.kasane.core.safetensors.HalfPrecision;
import dev.kasane.quant.format.FourBitBlocks;
import dev.kasane.quant.format.FourBitType;
import dev.kasane.quant.format.PlainScales;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** All decoders give the bits of the definition, at every size and from any number of threads. */
class DecodersTest {
  private static final int[] COUNTS = {1, 2, 31, 32, 64, 65, 127, 128, 1000, 4096, 4097, 8192, 20_000, 33_001};
  private final int threads = Workers.threads();

  @AfterEach
  void restore() {
    Workers.threads(threads);
  }

  private static FourBitBlocks random(FourBitType type, int count, int blockSize) {
    Random random = new Random(count);
    byte[] codes = new byte[FourBitBlocks.bytes(count)];
    random.nextBytes(codes);
    float[] scales = new float[(count + blockSize - 1) / blockSize];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (float) Math.exp(random.nextGaussian() * 4);
    }
    ByteBuffer packed = ByteBuffer.allocateDirect(codes.length).put(codes).clear();
    return new FourBitBlocks(type, count, blockSize, packed, new PlainScales(scales));
  }

  @Test
  void everyDecoderGivesTheDefinition() {
    for (int threadCount : new int[] {1, 3}) {
      Workers.threads(threadCount);
      for (BlockDecoder decoder : Decoders.all().values()) {
        for (int count : COUNTS) {
          for (int blockSize : new int[] {32, 64, 256, 4096}) {
            check(decoder, random(FourBitType.values()[count % 2], count, blockSize));
          }
        }
      }
    }
  }

  private static void check(BlockDecoder decoder, FourBitBlocks blocks) {
    float[] scales = blocks.scales().all();
    for (DataType type : List.of(DataType.FLOAT32, DataType.FLOAT16, DataType.BFLOAT16)) {
      ByteBuffer out = ByteBuffer.allocateDirect(blocks.count() * type.getNumOfBytes()).order(ByteOrder.nativeOrder());
      FourBitDecoding.decode(blocks, decoder, type, out);
      for (int i = 0; i < blocks.count(); i++) {
        float exact = blocks.type().value(blocks.code(i)) * scales[i / blocks.blockSize()];
        int found = type == DataType.FLOAT32 ? out.getInt(4 * i) : out.getShort(2 * i);
        int expected = switch (type) {
          case FLOAT32 -> Float.floatToRawIntBits(exact);
          case FLOAT16 -> HalfPrecision.floatToHalf(exact);
          default -> HalfPrecision.floatToBfloat16(exact);
        };
        if (found != expected) {
          assertThat(found).as(decoder.name() + " " + type + " " + blocks.count() + "/" + blocks.blockSize() + " at "
              + i).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void scalesThatAreNotFiniteGiveTheDefinitionToo() {
    for (float scale : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, -0f,
        Float.MAX_VALUE, Float.MIN_VALUE}) {
      FourBitBlocks some = random(FourBitType.NF4, 256, 64);
      float[] scales = some.scales().all();
      scales[2] = scale;
      for (BlockDecoder decoder : Decoders.all().values()) {
        check(decoder, new FourBitBlocks(some.type(), some.count(), 64, some.packed(), new PlainScales(scales)));
      }
    }
  }

  @Test
  void theVectorApiIsThereOrSaysWhyNot() {
    boolean offered = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    List<String> vectors = vectors(Decoders.names());
    if (!vectors.contains("vector 512")) {
      assertThat(Decoders.report().refusals()).anyMatch(reason -> reason.startsWith("Vector API"));
    } else {
      assertThat(offered).isTrue();
      assertThat(vectors).containsExactly("vector 512", "vector 256");
    }
    assertThat(FusedProduct.all()).extracting(RowProduct::name).containsAll(vectors);
  }

  @Test
  void theFastestIsTakenAndOfTheVectorsOnlyTheWidestIsTried() {
    Decoders.Report report = Decoders.report();
    assertThat(vectors(report.valuesPerSecond().keySet()))
        .isEqualTo(vectors(Decoders.names()).stream().limit(1).toList());
    assertThat(report.valuesPerSecond()).containsKeys("table", "pair table").containsKey(report.decoder());
    double best = report.valuesPerSecond().get(report.decoder());
    assertThat(report.valuesPerSecond().values()).allMatch(speed -> speed <= best);
  }

  private static List<String> vectors(Set<String> decoders) {
    return decoders.stream().filter(name -> name.startsWith("vector")).toList();
  }

  @Test
  void fusedProductsEqualDecodingFirst() {
    for (RowProduct product : FusedProduct.all()) {
      for (int rows = 1; rows <= 4; rows++) {
        for (int blockSize : new int[] {32, 64, 256}) {
          checkProduct(product, random(FourBitType.NF4, 300 * 512, blockSize), rows, 512);
        }
      }
    }
  }

  private static void checkProduct(RowProduct product, FourBitBlocks weight, int rows, int columns) {
    Random random = new Random(rows);
    float[] x = new float[rows * columns];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    float[] y = FusedProduct.multiply(product, weight, x, rows, columns);
    float[] scales = weight.scales().all();
    int outputs = weight.count() / columns;
    for (int i = 0; i < y.length; i++) {
      double exact = 0;
      double magnitude = 0;
      for (int k = 0; k < columns; k++) {
        int at = i % outputs * columns + k;
        double term = (double) weight.type().value(weight.code(at)) * scales[at / weight.blockSize()]
            * x[i / outputs * columns + k];
        exact += term;
        magnitude += Math.abs(term);
      }
      assertThat(Math.abs(y[i] - exact)).as(product.name()).isLessThanOrEqualTo(1e-6 * magnitude);
    }
  }

  @Test
  void blocksThatCrossRowsAreRefused() {
    FourBitBlocks weight = random(FourBitType.NF4, 3 * 96, 64);
    assertThat(FusedProduct.fits(weight, 96)).isFalse();
    assertThatThrownBy(() -> FusedProduct.multiply(weight, new float[96], 1, 96))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("96");
  }

  @Test
  void aFailureOnAnyThreadReachesTheCaller() {
    Workers.threads(3);
    assertThatThrownBy(() -> Workers.split(100, 1, (from, to) -> {
      if (from == 50) {
        throw new IllegalStateException("here");
      }
    })).isInstanceOf(IllegalStateException.class).hasMessage("here");
  }
}
